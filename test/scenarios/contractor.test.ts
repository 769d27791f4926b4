import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addPerson,
  administrator,
  auditor,
  internalApp,
  owned,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from '../graphql/people.ts';
import { dispositionsOf, EVERY_BUNDLE, openStage, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

const WHEN = new Date('2026-06-01T00:00:00Z');

test.each(EVERY_BUNDLE)(
  'AS-23 what the Contractor answers for itself is handed out by statute (%s %s)',
  async (scope, format) => {
    const id = `usr-${scope}-${format}`.toLowerCase();
    await addPerson(at.prisma, 'ct', id, {
      fullName: null,
      firstName: 'Ula',
      lastName: 'User',
      email: `${id}@example.org`,
    });
    await at.prisma.subscription.create({
      data: { ...owned('ct', id, `plan-${id}`), plan: 'Tariff M', status: 'ACTIVE' },
    });
    await at.prisma.payment.create({
      data: { ...owned('ct', id, `pay-${id}`), status: 'PAID', amountMinor: 1900n, currency: 'EUR', paidAt: WHEN },
    });

    const bundle = await at.export('ct', id, scope, format);
    expect(bundle.data.get('account')).toMatchObject([
      { firstName: 'Ula', lastName: 'User', email: `${id}@example.org` },
    ]);
    expect(bundle.data.get('subscriptions')).toMatchObject([{ plan: 'Tariff M' }]);
    expect(bundle.data.get('payments')).toMatchObject([{ status: 'PAID', amountMinor: 1900, currency: 'EUR' }]);
    // The policy has a right of access and, alone among the five, none of portability.
    const stated = scope === 'ACCESS';
    for (const item of ['CT-01', 'CT-02', 'CT-03', 'CT-08', 'CT-09', 'CT-10']) {
      const fates = dispositionsOf(bundle, item);
      expect(fates.length, item).toBeGreaterThan(0);
      for (const fate of fates) {
        expect(fate, item).toMatchObject({
          kind: 'INCLUDE',
          role: 'CONTROLLER',
          onBehalfOf: null,
          rightBasis: stated ? 'POLICY' : 'STATUTORY',
          policyStated: stated,
        });
      }
    }
  },
);

describe('AS-24 a token and a key of a connected platform', () => {
  // Of lengths that nothing else has, so that a length told would be seen.
  const TOKEN = `enc:v1:${createHash('sha512').update('token').digest('base64url')}`.padEnd(1379, 'T');
  const KEY = `tk_${createHash('sha512').update('key').digest('base64url')}`.padEnd(1483, 'K');
  const LEAK = new RegExp(
    [TOKEN, KEY]
      .flatMap((value) =>
        [
          value.slice(0, 8),
          value.slice(8, 24),
          value.slice(-8),
          String(value.length),
          createHash('sha256').update(value).digest('hex').slice(0, 12),
        ].map(escaped),
      )
      .join('|'),
  );
  const actors = [
    subject('ct', 'tom'),
    privacyStaff('ct'),
    processorStaff('ct'),
    supportAgent('ct'),
    internalApp('ct'),
    auditor('ct'),
    administrator('ct'),
  ];
  const QUERIES = [
    '{ subject(id: "tom") { integrationAccounts { id provider externalAccountId connectedAt scopes } holdings { dataset count retention } } }',
    '{ subject(id: "tom") { integrationAccounts { id accessTokens { value } technicalKeys { value } } } }',
    '{ subject(id: "tom") { accessTokens { id value } technicalKeys { id value } } }',
  ];

  beforeAll(async () => {
    await addPerson(at.prisma, 'ct', 'tom');
    await at.prisma.integrationAccount.create({
      data: {
        ...owned('ct', 'tom', 'crm'),
        provider: 'pipedrive',
        externalAccountId: 'pd-77',
        connectedAt: WHEN,
        scopes: ['calls:read'],
      },
    });
    await at.prisma.accessToken.create({
      data: { ...owned('ct', 'tom', 'tok'), integrationAccountId: 'crm', value: TOKEN, createdAt: WHEN },
    });
    await at.prisma.technicalKey.create({
      data: { ...owned('ct', 'tom', 'tky'), integrationAccountId: 'crm', value: KEY, createdAt: WHEN },
    });
  });

  test('are in no answer to anyone, for any purpose', async () => {
    for (const actor of actors) {
      for (const query of QUERIES) {
        for (const purpose of ['TROUBLESHOOTING', 'SECURITY', 'DATA_SUBJECT_REQUEST']) {
          expect(JSON.stringify(await at.ask(actor, query, { purpose })), `${actor.kind} ${query}`).not.toMatch(LEAK);
        }
      }
    }
    const [own = ''] = QUERIES;
    expect((await at.ask(subject('ct', 'tom'), own)).data).toMatchObject({
      subject: { integrationAccounts: [{ provider: 'pipedrive', externalAccountId: 'pd-77' }] },
    });
  });

  test('are in no error and in nothing that the operator is told of one', async () => {
    await at.pool.query('ALTER TABLE integration_account RENAME COLUMN provider TO moved');
    try {
      for (const actor of actors) {
        for (const query of QUERIES)
          expect(JSON.stringify(await at.ask(actor, query, { purpose: 'TROUBLESHOOTING' })), actor.kind).not.toMatch(
            LEAK,
          );
      }
    } finally {
      await at.pool.query('ALTER TABLE integration_account RENAME COLUMN moved TO provider');
    }
    expect(at.faults.length).toBeGreaterThan(0);
    for (const fault of at.faults)
      expect(`${String(fault)} ${JSON.stringify(fault)} ${(fault as Error).stack}`).not.toMatch(LEAK);
  });

  test.each(EVERY_BUNDLE)('are in no %s %s, though that they are held is told', async (scope, format) => {
    const bundle = await at.export('ct', 'tom', scope, format);
    const rows = JSON.stringify([[...bundle.data], [...bundle.context], bundle.manifest.omissions, bundle.information]);
    expect(rows).not.toMatch(LEAK);
    for (const value of [TOKEN, KEY]) {
      for (const trace of [value.slice(0, 8), value.slice(-8), createHash('sha256').update(value).digest('hex')])
        expect(bundle.text).not.toContain(trace);
    }
    for (const item of ['CT-27', 'CT-28']) {
      expect(bundle.manifest.omissions).toContainEqual(expect.objectContaining({ item, reason: 'SECRET', count: 1 }));
    }
    if (scope === 'ACCESS')
      expect(bundle.data.get('integration-accounts')).toMatchObject([
        { provider: 'pipedrive', externalAccountId: 'pd-77' },
      ]);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
