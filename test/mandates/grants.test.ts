import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { decideGrant, readGrants, requestGrant } from '../../src/mandates/grants.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { withSnapshot, withTransaction } from '../../src/store/session.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, administrator, supportAgent } from '../graphql/people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  await addPerson(at.prisma, 'cn', 'cas');
});

afterAll(() => at[Symbol.asyncDispose]());

const policy = loadPolicies().policyOf('CN');

async function give(actor: Actor, minutes: number): Promise<string> {
  const wish = { subjectId: 'cas', items: ['CN-12'], purpose: 'CN-P3', reason: 'To hear what is wrong', minutes };
  const { id } = await withTransaction(at.pool, 'cn', (writer) => requestGrant(writer, policy, actor, wish));
  await withTransaction(at.pool, 'cn', (writer) => decideGrant(writer, administrator('cn'), id, 'APPROVED'));
  return id;
}

const read = (actor: Actor, now: string, tenant = 'cn') =>
  withSnapshot(at.pool, tenant, (reader) => readGrants(reader, actor, 'cas', new Date(now)));

test.each(['2000-01-01T00:00:00Z', '2099-12-31T23:59:59Z'])(
  'A-42: a gateway whose clock says %s neither prolongs nor shortens a grant',
  async (now) => {
    const agent: Actor = { kind: 'SUPPORT_AGENT', tenant: 'cn', staffId: `agent-${now}` };
    const id = await give(agent, 30);
    const [grant, ...others] = await read(agent, now);
    expect(others).toEqual([]);
    expect(grant).toMatchObject({ id, actorId: agent.staffId, purpose: 'CN-P3', items: ['CN-12'] });
    const left = (grant?.expiresAt.getTime() ?? 0) - Date.parse(now);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(30 * 60_000);
    await at.pool.query(
      'UPDATE access_grant SET decided_at = decided_at - $2::interval, expires_at = now() WHERE id = $1',
      [id, '30 minutes'],
    );
    expect(await read(agent, now)).toEqual([]);
  },
);

test('a grant is of its tenant, its kind of actor and its person', async () => {
  const agent = supportAgent('cn');
  await give(agent, 5);
  expect(await read(agent, '2026-11-22T00:00:00Z')).toHaveLength(1);
  expect(await read({ ...agent, tenant: 'cp' }, '2026-11-22T00:00:00Z', 'cp')).toEqual([]);
  // Asked for one tenant and bound to another, the database has nothing to give.
  expect(await read(agent, '2026-11-22T00:00:00Z', 'cp')).toEqual([]);
  expect(await read({ kind: 'PROCESSOR_STAFF', tenant: 'cn', staffId: 'agent-1' }, '2026-11-22T00:00:00Z')).toEqual([]);
});

test('the gateway’s role forgets no grant', async () => {
  const { rows } = await at.pool.query<{ may: string }>(
    `SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type) AS may FROM information_schema.role_table_grants
     WHERE grantee = 'carryall_app' AND table_name = 'access_grant'`,
  );
  expect(rows).toEqual([{ may: 'INSERT SELECT UPDATE' }]);
});
