import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditing } from '../graphql/audit-log.ts';
import { addCustomer, giveGrant, instruct } from '../graphql/mandates.ts';
import { addPerson, customerStaff, owned, supportAgent } from '../graphql/people.ts';
import { dispositionsOf, EVERY_BUNDLE, idsIn, openStage, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

const WHEN = new Date('2026-06-01T00:00:00Z');

test.each(EVERY_BUNDLE)(
  'AS-22 what a user instructs to export of its customers’ calls is exported on its behalf, and nothing else (%s %s)',
  async (scope, format) => {
    const [customer, user] = [`cus-${scope}-${format}`.toLowerCase(), `user-${scope}-${format}`.toLowerCase()];
    await addPerson(at.prisma, 'ct', customer);
    await addCustomer(at, 'ct', user, [customer]);
    await at.prisma.callRecord.create({
      data: {
        ...owned('ct', customer, `c-${customer}`),
        startedAt: WHEN,
        durationSeconds: 61,
        status: 'ANSWERED',
        // No policy of the Contractor names numbers, so no instruction does.
        calledNumber: '+31201234567',
      },
    });
    const without = await at.export('ct', customer, scope, format);
    expect(idsIn(without, 'call-records')).toEqual([]);
    expect(without.text).not.toContain(`c-${customer}`);
    expect(without.manifest.omissions).toContainEqual(
      expect.objectContaining({ item: 'CT-22', reason: 'INSTRUCTION_REQUIRED' }),
    );

    const items = ['CT-20', 'CT-21', 'CT-22', 'CT-23'];
    const wish = { organisation: user, items, purpose: 'DATA_SUBJECT_REQUEST', exportAllowed: true };
    const id = await instruct(at, customerStaff('ct', user), wish);
    const bundle = await at.export('ct', customer, scope, format);
    expect(bundle.data.get('call-records')).toMatchObject([{ durationSeconds: 61, status: 'ANSWERED' }]);
    expect(bundle.text).toContain('2026-06-01T00:00:00');
    expect(bundle.text).not.toContain('31201234567');
    for (const item of ['CT-21', 'CT-22', 'CT-23'])
      expect(dispositionsOf(bundle, item), item).toContainEqual(
        expect.objectContaining({ kind: 'INCLUDE', role: 'PROCESSOR', onBehalfOf: `Customer ${user}` }),
      );

    const variables = { id };
    await at.ask(customerStaff('ct', user), 'mutation ($id: ID!) { revokeInstruction(id: $id) { id } }', { variables });
    expect(idsIn(await at.export('ct', customer, scope, format), 'call-records')).toEqual([]);
  },
);

test('AS-25 an agent is told of calls for technical purposes only, and hears one under a grant only, which is on record', async () => {
  await addPerson(at.prisma, 'ct', 'vox');
  await at.prisma.callRecord.create({
    data: { ...owned('ct', 'vox', 'vox-call'), startedAt: WHEN, durationSeconds: 61, status: 'ANSWERED' },
  });
  await at.prisma.recording.create({
    data: {
      ...owned('ct', 'vox', 'vox-rec'),
      callId: 'vox-call',
      recordedAt: WHEN,
      recordedParties: 'BOTH',
      fileName: 'vox.ogg',
      contentType: 'audio/ogg',
      bytes: 9n,
      sha256: '0'.repeat(64),
      blobKey: 'vox',
    },
  });
  const agent = supportAgent('ct');
  const query = `{ subject(id: "vox") { calls { nodes { durationSeconds status recordings { audio { fileName held } } } } } }`;
  const look = (purpose: string) => auditing(at, 'ct', () => at.ask(agent, query, { purpose }));

  const analytics = await look('ANALYTICS');
  expect(analytics.result.data).toEqual({ subject: { calls: null } });
  expect(analytics.entries).toMatchObject([{ outcome: 'DENIED', detail: { denial: 'PURPOSE_REQUIRED' } }]);

  const told = (recordings: unknown) => ({
    subject: { calls: { nodes: [{ durationSeconds: 61, status: 'ANSWERED', recordings }] } },
  });
  const without = await look('TROUBLESHOOTING');
  expect(without.result.data).toEqual(told(null));
  expect(without.result.extensions?.privacy?.nulls).toContainEqual(
    expect.objectContaining({ item: 'CT-24', reason: 'GRANT_REQUIRED' }),
  );
  expect(without.entries).toMatchObject([{ detail: { items: ['CT-22', 'CT-23'], denied: ['CT-24:GRANT_REQUIRED'] } }]);

  const grant = await giveGrant(at, agent, { subject: 'vox', items: ['CT-24'], purpose: 'TROUBLESHOOTING' });
  const under = await look('TROUBLESHOOTING');
  expect(under.result.data).toEqual(told([{ audio: { fileName: 'vox.ogg', held: true } }]));
  expect(under.entries).toMatchObject([{ detail: { items: ['CT-22', 'CT-23', 'CT-24'], grants: [grant] } }]);
});
