import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertDeclared, REQUEST_PURPOSE, type Declaration } from '../../src/access/declaration.ts';
import type { ActorKind } from '../../src/access/actor.ts';
import { isReason, reasonOf, ticketOf } from '../../src/access/reason.ts';
import { book } from '../policy/the-five.ts';

const policy = book.policyOf('CT');

function declare(kind: ActorKind, over: Partial<Declaration>): string {
  const declaration = { purpose: null, reason: null, ticket: null, keyPurposes: null, ...over };
  try {
    assertDeclared(policy, kind, declaration);
    return 'PASSED';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test.each(['CONTROLLER_STAFF', 'PROCESSOR_STAFF', 'SUPPORT_AGENT'] as const)(
  'A-40: %s needs a known purpose and a reason or a ticket',
  (kind) => {
    const why = { reason: 'x'.repeat(10) };
    expect(declare(kind, {})).toBe('PURPOSE_REQUIRED');
    expect(declare(kind, why)).toBe('PURPOSE_REQUIRED');
    expect(declare(kind, { ...why, purpose: 'CT-P99' })).toBe('PURPOSE_REQUIRED');
    expect(declare(kind, { ...why, purpose: 'CP-P1' })).toBe('PURPOSE_REQUIRED');
    expect(declare(kind, { purpose: 'CT-P9' })).toBe('PURPOSE_REQUIRED');
    expect(declare(kind, { purpose: 'CT-P9', reason: 'x'.repeat(9) })).toBe('PURPOSE_REQUIRED');
    expect(declare(kind, { ...why, purpose: 'CT-P9' })).toBe('PASSED');
    expect(declare(kind, { ...why, purpose: 'TROUBLESHOOTING' })).toBe('PASSED');
    expect(declare(kind, { purpose: 'CT-P9', ticket: 'ABC-1' })).toBe('PASSED');
    const answers = kind === 'SUPPORT_AGENT' ? 'PURPOSE_REQUIRED' : 'PASSED';
    expect(declare(kind, { ...why, purpose: REQUEST_PURPOSE })).toBe(answers);
  },
);

test('an app needs a purpose, and its key must be good for all that the purpose means', () => {
  expect(declare('INTERNAL_APP', {})).toBe('PURPOSE_REQUIRED');
  expect(declare('INTERNAL_APP', { purpose: REQUEST_PURPOSE })).toBe('PURPOSE_REQUIRED');
  expect(declare('INTERNAL_APP', { purpose: 'CT-P9' })).toBe('PASSED');
  const keyPurposes = ['CT-P9', 'CT-P10'];
  expect(declare('INTERNAL_APP', { purpose: 'CT-P9', keyPurposes })).toBe('PASSED');
  expect(declare('INTERNAL_APP', { purpose: 'CT-P4', keyPurposes })).toBe('FORBIDDEN');
  // The class means CT-P5 as well.
  expect(declare('INTERNAL_APP', { purpose: 'TROUBLESHOOTING', keyPurposes })).toBe('FORBIDDEN');
  expect(declare('INTERNAL_APP', { purpose: 'CT-P9', keyPurposes: [] })).toBe('FORBIDDEN');
});

test.each(['SUBJECT', 'AUDITOR', 'ADMINISTRATOR'] as const)('%s needs to declare nothing', (kind) => {
  expect(declare(kind, {})).toBe('PASSED');
});

test('a reason is as long as what can be read of it', () => {
  expect(isReason('   a        b   ')).toBe(false);
  expect(isReason('\u200b'.repeat(50))).toBe(false);
  expect(isReason('überprüfen')).toBe(true);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const line = reasonOf(text);
      if (line === null) return;
      expect(line).toBe(line.trim());
      expect(line).not.toMatch(/[\p{C}]|\s{2}/u);
      expect(isReason(text)).toBe(Array.from(line).length >= 10);
    }),
  );
});

test('a ticket is declared or named in the reason, and holds no number of a person', () => {
  expect(ticketOf('abc-123', 'ticket:XY-9')).toBe('ABC-123');
  expect(ticketOf(null, 'She called, ticket:XY-9, about a bill')).toBe('XY-9');
  expect(ticketOf(null, 'No ticket: none')).toBeNull();
  expect(ticketOf(null, 'ticket:T-31612345678')).toBeNull();
  for (const bad of ['31612345678', 'T-31612345678', 'ann@example.org', 'ABC', 'ABC-123 ', ''])
    expect(() => ticketOf(bad, null), bad).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});
