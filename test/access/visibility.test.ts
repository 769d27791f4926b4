import { expect, test } from 'vitest';
import { RELATIONS, type Relation } from '../../src/catalogue/vocabulary.ts';
import type { Actor, ActorKind } from '../../src/access/actor.ts';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import { DENIAL_REASONS, visibilityOf, type Look, type Visibility } from '../../src/access/visibility.ts';
import { book, named } from '../policy/the-five.ts';

const NOW = new Date('2026-11-22T00:00:00Z');
const tenant = 't';
const ACTORS = {
  SUBJECT: { kind: 'SUBJECT', tenant, subjectId: 's' },
  CONTROLLER_STAFF: { kind: 'CONTROLLER_STAFF', tenant, staffId: 'p', organisationId: null },
  PROCESSOR_STAFF: { kind: 'PROCESSOR_STAFF', tenant, staffId: 'q' },
  SUPPORT_AGENT: { kind: 'SUPPORT_AGENT', tenant, staffId: 'a' },
  INTERNAL_APP: { kind: 'INTERNAL_APP', tenant, appId: 'app' },
  AUDITOR: { kind: 'AUDITOR', tenant, staffId: 'u' },
  ADMINISTRATOR: { kind: 'ADMINISTRATOR', tenant, staffId: 'm' },
} as const satisfies Record<ActorKind, Actor>;
const CUSTOMER: Actor = { kind: 'CONTROLLER_STAFF', tenant, staffId: 'c', organisationId: 'o' };

type Rest = Partial<Omit<Look, 'policy' | 'item' | 'actor'>>;

function see(id: string, actor: Actor, rest: Rest = {}): Visibility {
  return visibilityOf({
    ...named(id),
    actor,
    relation: 'ACCOUNT_HOLDER',
    purpose: null,
    grants: [],
    now: NOW,
    own: true,
    instruction: null,
    contractAlive: true,
    ...rest,
  });
}
const denied = (reason: string) => ({ kind: 'DENIED', reason });
const grant = (items: readonly string[], over: { actorId?: string; purpose?: string; expiresAt?: Date } = {}) => [
  { id: 'g', actorId: 'a', purpose: 'CT-P9', items, expiresAt: new Date('2026-11-23T00:00:00Z'), ...over },
];

test('every item of every policy has a visibility for every actor, and deny is the default', () => {
  const actors: readonly Actor[] = [...Object.values(ACTORS), CUSTOMER];
  for (const policy of book.policies) {
    for (const item of policy.items) {
      for (const relation of RELATIONS) {
        for (const actor of actors) {
          const base = {
            policy,
            item,
            relation,
            actor,
            grants: [],
            now: NOW,
            own: true,
            instruction: null,
            contractAlive: true,
          };
          for (const purpose of [null, 'NO_SUCH_PURPOSE', ...policy.purposes.map((entry) => entry.id)]) {
            const result = visibilityOf({ ...base, purpose });
            if (result.kind === 'DENIED') expect(DENIAL_REASONS).toContain(result.reason);
            if (item.sensitivity === 'SECRET_NEVER' || item.sensitivity === 'FORBIDDEN')
              expect(result).toEqual(denied('WITHHELD'));
            const bare = purpose === null || purpose === 'NO_SUCH_PURPOSE';
            if (bare && (actor.kind === 'SUPPORT_AGENT' || actor.kind === 'INTERNAL_APP'))
              expect(result.kind).toBe('DENIED');
            if (actor.kind === 'AUDITOR' || actor.kind === 'ADMINISTRATOR')
              expect(['DENIED', 'COUNT']).toContain(result.kind);
            if (actor.kind !== 'SUBJECT' && actor !== CUSTOMER && item.sensitivity === 'AUDIO')
              expect(result.kind).not.toBe('CLEAR');
          }
          if (actor.kind === 'SUBJECT')
            expect(visibilityOf({ ...base, purpose: null, own: false }).kind).toBe('DENIED');
          if (actor === CUSTOMER) expect(visibilityOf({ ...base, purpose: null, own: false }).kind).toBe('DENIED');
        }
      }
    }
  }
});

test('an item that the policy does not name is not collected, for anyone', () => {
  for (const actor of [...Object.values(ACTORS), CUSTOMER])
    expect(
      visibilityOf({
        policy: book.policyOf('CT'),
        item: null,
        actor,
        relation: 'ACCOUNT_HOLDER',
        purpose: 'CT-P9',
        grants: [],
        now: NOW,
        own: true,
        instruction: null,
        contractAlive: true,
      }),
    ).toEqual(denied('NOT_COLLECTED'));
});

test('AS-08 a licence key is whole for its holder, nothing for a colleague, a mask for an agent', () => {
  expect(see('CP-30', ACTORS.SUBJECT)).toEqual({ kind: 'CLEAR' });
  expect(see('CP-30', ACTORS.SUBJECT, { own: false, sameTeam: true })).toEqual(denied('WITHHELD'));
  expect(see('CP-30', ACTORS.SUPPORT_AGENT, { purpose: 'CP-P6' })).toEqual({ kind: 'MASKED' });
});

test('AS-25 and X51 an agent of the Contractor sees call metadata for troubleshooting only, and audio under a grant only', () => {
  for (const purpose of ['ANALYTICS', 'SUPPORT', 'CT-P12', 'CT-P5', 'CT-P8'])
    expect(see('CT-22', ACTORS.SUPPORT_AGENT, { purpose })).toEqual(denied('PURPOSE_REQUIRED'));
  for (const purpose of ['TROUBLESHOOTING', 'CT-P9']) {
    expect(see('CT-22', ACTORS.SUPPORT_AGENT, { purpose })).toEqual({ kind: 'CLEAR' });
    expect(see('CT-24', ACTORS.SUPPORT_AGENT, { purpose })).toEqual({ kind: 'GRANT_ONLY' });
  }
  expect(see('CT-24', ACTORS.SUPPORT_AGENT, { purpose: 'CT-P9', grants: grant(['recording.audio']) })).toEqual({
    kind: 'CLEAR',
  });
});

test('a grant is of no use to another, for another purpose or item, or when it has ended', () => {
  const look = { purpose: 'CT-P9' };
  for (const grants of [
    grant(['CT-24'], { actorId: 'b' }),
    grant(['CT-24'], { purpose: 'CT-P10' }),
    grant(['CT-25']),
    grant(['CT-24'], { expiresAt: NOW }),
  ])
    expect(see('CT-24', ACTORS.SUPPORT_AGENT, { ...look, grants })).toEqual({ kind: 'GRANT_ONLY' });
});

test('AS-06 and X17 a pending deletion hides an account from agents and apps, and not from its subject', () => {
  const pending = { deletionPending: true, purpose: 'CP-P1' };
  expect(see('CP-01', ACTORS.SUPPORT_AGENT, pending)).toEqual(denied('DELETION_PENDING'));
  expect(see('CP-01', ACTORS.INTERNAL_APP, pending)).toEqual(denied('DELETION_PENDING'));
  expect(see('CP-01', ACTORS.SUBJECT, pending)).toEqual({ kind: 'CLEAR' });
});

test('AS-04 an expired row is gone for staff and apps, and held rows are told to the subject under access', () => {
  for (const actor of [ACTORS.SUPPORT_AGENT, ACTORS.INTERNAL_APP, ACTORS.CONTROLLER_STAFF])
    expect(see('CP-15', actor, { expired: true, purpose: 'CP-P1' })).toEqual(denied('EXPIRED'));
  expect(see('CP-15', ACTORS.SUBJECT, { expired: true })).toEqual({ kind: 'CLEAR' });
  expect(see('CP-15', ACTORS.SUBJECT, { expired: true, scope: 'PORTABILITY' })).toEqual(denied('EXPIRED'));
});

test('an app sees an item only for a purpose that the policy gives that item', () => {
  expect(see('CP-01', ACTORS.INTERNAL_APP, { purpose: 'CP-P1' })).toEqual({ kind: 'CLEAR' });
  expect(see('CP-01', ACTORS.INTERNAL_APP, { purpose: 'CP-P5' })).toEqual(denied('PURPOSE_REQUIRED'));
  expect(see('CP-01', ACTORS.INTERNAL_APP, { purpose: 'CX-P1' })).toEqual(denied('PURPOSE_REQUIRED'));
  expect(see('CP-01', ACTORS.INTERNAL_APP, { purpose: REQUEST_PURPOSE })).toEqual(denied('PURPOSE_REQUIRED'));
});

test('money is for billing, an IP address for security, an inference for what it was made for', () => {
  expect(see('CP-11', ACTORS.INTERNAL_APP, { purpose: 'CP-P2' })).toEqual({ kind: 'CLEAR' });
  expect(see('CP-11', ACTORS.INTERNAL_APP, { purpose: 'CP-P11' })).toEqual(denied('PURPOSE_REQUIRED'));
  expect(see('CX-21', ACTORS.INTERNAL_APP, { purpose: 'SECURITY' })).toEqual({ kind: 'CLEAR' });
  expect(see('CX-21', ACTORS.INTERNAL_APP, { purpose: 'BILLING' })).toEqual(denied('PURPOSE_REQUIRED'));
  expect(see('CN-14', ACTORS.INTERNAL_APP, { purpose: 'CN-P4' })).toEqual({ kind: 'CLEAR' });
  expect(see('CN-14', ACTORS.INTERNAL_APP, { purpose: 'CN-P1' })).toEqual(denied('PURPOSE_REQUIRED'));
});

test('X50 analysis of call records is refused until the policy file enables it', () => {
  const { policy, item } = named('CR-12');
  const look = {
    item,
    actor: ACTORS.INTERNAL_APP,
    relation: 'ACCOUNT_HOLDER' as Relation,
    grants: [],
    now: NOW,
    own: true,
    instruction: null,
    contractAlive: true,
  };
  for (const purpose of ['ANALYTICS', 'CR-P6'])
    expect(visibilityOf({ ...look, policy, purpose })).toEqual(denied('PURPOSE_REQUIRED'));
  const configured = { ...policy, purposes: policy.purposes.map((entry) => ({ ...entry, enabled: true })) };
  for (const purpose of ['ANALYTICS', 'CR-P6'])
    expect(visibilityOf({ ...look, policy: configured, purpose })).toEqual({ kind: 'MASKED' });
});

test('an agent reads tickets, never a transcript or an inference', () => {
  expect(see('CN-27', ACTORS.SUPPORT_AGENT, { purpose: 'CN-P6' })).toEqual({ kind: 'CLEAR' });
  expect(see('CN-13', ACTORS.SUPPORT_AGENT, { purpose: 'CN-P6' })).toEqual(denied('WITHHELD'));
  expect(see('CN-14', ACTORS.SUPPORT_AGENT, { purpose: 'CN-P6' })).toEqual(denied('WITHHELD'));
});

test('a subject does not see staff’s notes to themselves in a live view', () => {
  expect(see('CN-27', ACTORS.SUBJECT, { internalNote: true })).toEqual(denied('WITHHELD'));
  expect(see('CN-27', ACTORS.SUBJECT)).toEqual({ kind: 'CLEAR' });
});

test('AS-21 a subject is told that an instruction is missing, or that the request goes elsewhere', () => {
  expect(see('CT-22', ACTORS.SUBJECT)).toEqual(denied('INSTRUCTION_REQUIRED'));
  expect(see('CT-22', ACTORS.SUBJECT, { instruction: { exportAllowed: true } })).toEqual({ kind: 'CLEAR' });
  expect(see('CX-01', ACTORS.SUBJECT, { relation: 'END_USER' })).toEqual(denied('ROUTED'));
  expect(see('CN-12', ACTORS.SUBJECT, { relation: 'CALL_COUNTERPARTY' })).toEqual(denied('ROUTED'));
  expect(see('CP-25', ACTORS.SUBJECT)).toEqual(denied('HELD_ON_DEVICE'));
  expect(see('CP-14', ACTORS.SUBJECT)).toEqual(denied('HELD_BY_THIRD_PARTY'));
});

test('the other party of a call sees its own number and nobody else’s', () => {
  const look = { relation: 'CALL_COUNTERPARTY' as Relation };
  expect(see('CP-15', ACTORS.SUBJECT, { ...look, ownNumber: true })).toEqual({ kind: 'CLEAR' });
  expect(see('CP-15', ACTORS.SUBJECT, look)).toEqual(denied('WITHHELD'));
  expect(see('CP-16', ACTORS.SUBJECT, look)).toEqual(denied('WITHHELD'));
});

test('a customer acting as controller sees what is processed for it, in its own rows only', () => {
  expect(see('CT-22', CUSTOMER)).toEqual({ kind: 'CLEAR' });
  expect(see('CT-22', CUSTOMER, { own: false })).toEqual(denied('WITHHELD'));
  expect(see('CT-01', CUSTOMER)).toEqual(denied('WITHHELD'));
});

test('where the operator is only processor, its privacy staff need a grant', () => {
  expect(see('CT-01', ACTORS.CONTROLLER_STAFF, { purpose: REQUEST_PURPOSE })).toEqual({ kind: 'CLEAR' });
  expect(see('CT-22', ACTORS.CONTROLLER_STAFF, { purpose: REQUEST_PURPOSE })).toEqual({ kind: 'GRANT_ONLY' });
  expect(see('CT-01', ACTORS.CONTROLLER_STAFF)).toEqual(denied('PURPOSE_REQUIRED'));
});
