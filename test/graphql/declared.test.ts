import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiKey } from '../../src/http/identity/api-keys.ts';
import { CSRF_HEADER } from '../../src/http/request-rules.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { auditing } from './audit-log.ts';
import { NOW, openGateway, type TestGateway } from './open-gateway.ts';
import {
  addCalls,
  addPerson,
  customerStaff,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  for (const tenant of ['cp', 'cr', 'ct'] as const) {
    await addPerson(at.prisma, tenant, 'ann');
    await addCalls(at.prisma, tenant, 'ann', 1);
  }
});

afterAll(() => at[Symbol.asyncDispose]());

const QUERY = '{ subject(id: "ann") { account { email } } }';
const SEARCH = '{ findSubjects(identifier: "ann@example.org") { id } }';

const codes = (answer: Awaited<ReturnType<TestGateway['ask']>>) => answer.errors?.map((each) => each.extensions?.code);

test('A-40: staff and agents say why, in ten characters or with a ticket, or see nobody', async () => {
  const staff = [privacyStaff('cp'), customerStaff('cp', 'acme'), processorStaff('cp'), supportAgent('cp')];
  for (const actor of staff) {
    for (const query of [QUERY, SEARCH]) {
      for (const reason of [null, 'abc', '  a  b  c    ', '\u00a0'.repeat(20)]) {
        const answer = await at.ask(actor, query, { purpose: 'CP-P9', reason });
        expect(codes(answer), `${actor.kind} ${reason}`).toEqual(['PURPOSE_REQUIRED']);
        expect(JSON.stringify(answer)).not.toContain('example');
      }
    }
  }
  const { data } = await at.ask(supportAgent('cp'), QUERY, { purpose: 'CP-P9', reason: null, ticket: 'zd-4821' });
  expect(data).toEqual({ subject: { account: { email: 'ann@example.org' } } });
  expect(codes(await at.ask(supportAgent('cp'), QUERY, { purpose: 'CP-P9', ticket: '+31612345678' }))).toEqual([
    'BAD_USER_INPUT',
  ]);
});

test('apps say what for and need no reason; subjects need neither', async () => {
  expect((await at.ask(internalApp('cp'), QUERY, { purpose: 'CP-P3', reason: null })).data).toEqual({
    subject: { account: { email: 'ann@example.org' } },
  });
  expect((await at.ask(subject('cp', 'ann'), QUERY, { reason: null })).errors).toBeUndefined();
});

test('what is nobody’s is told without a purpose', async () => {
  const { data, errors } = await at.ask(supportAgent('cp'), '{ tenant { id } policy { code } }', { reason: null });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ tenant: { id: 'cp' }, policy: { code: 'CP' } });
});

test('X50: an app that asks for call records for analysis is refused', async () => {
  const query = '{ subject(id: "ann") { calls { nodes { calledNumber } } } }';
  for (const purpose of ['ANALYSIS', 'ANALYTICS', 'CR-P6'])
    expect(codes(await at.ask(internalApp('cr'), query, { purpose })), purpose).toEqual(['PURPOSE_REQUIRED']);
  expect((await at.ask(internalApp('cr'), query, { purpose: 'CR-P2' })).data).toMatchObject({
    subject: { calls: { nodes: [{ calledNumber: '•••000' }] } },
  });
});

test('X51: an agent sees metadata of calls for a technical purpose and no other', async () => {
  const query = '{ subject(id: "ann") { calls { nodes { startedAt durationSeconds status } } } }';
  for (const purpose of ['ANALYTICS', 'CT-P12', 'CT-P5', 'SUPPORT']) {
    const { data, extensions } = await at.ask(supportAgent('ct'), query, { purpose });
    expect(data, purpose).toEqual({ subject: { calls: null } });
    expect(extensions?.privacy?.nulls).toMatchObject([{ reason: 'PURPOSE_REQUIRED' }]);
  }
  for (const purpose of ['TROUBLESHOOTING', 'CT-P9']) {
    const { data } = await at.ask(supportAgent('ct'), query, { purpose });
    expect(data, purpose).toMatchObject({
      subject: { calls: { nodes: [{ durationSeconds: 0, status: 'ANSWERED' }] } },
    });
  }
});

test('an API key is good for its purposes and for no others, which is on record', async () => {
  const policy = loadPolicies().policyOf('CP');
  const wish = { tenant: 'cp', app: 'billing', purposes: ['CP-P3'], expiresAt: new Date(NOW.getTime() + 60_000) };
  const { text } = await createApiKey(at, policy, wish, { via: 'CONSOLE', operatorId: 'test' }, NOW);
  const ask = async (purpose: string) => {
    const headers = {
      'content-type': 'application/json',
      [CSRF_HEADER]: '1',
      authorization: `Bearer ${text}`,
      'x-carryall-purpose': purpose,
    };
    const body = JSON.stringify({ query: QUERY });
    const response = await at.gateway.fetch(new Request('http://localhost/graphql', { method: 'POST', headers, body }));
    return (await response.json()) as Awaited<ReturnType<TestGateway['ask']>>;
  };
  for (const purpose of ['CP-P3', 'NOTIFICATION', 'CP-P2', 'SERVICE']) {
    const { result, entries } = await auditing(at, 'cp', () => ask(purpose));
    const allowed = purpose === 'CP-P3';
    expect(codes(result), purpose).toEqual(allowed ? undefined : ['FORBIDDEN']);
    expect(entries).toMatchObject([{ outcome: allowed ? 'ALLOWED' : 'DENIED', purpose, subjectId: 'ann' }]);
  }
});
