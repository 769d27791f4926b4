import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CODE_ISSUER, coolingOff } from '../../src/requests/identity/cooling-off.ts';
import { fileRequest } from '../../src/requests/file.ts';
import { principalId } from '../../src/http/identity/principals.ts';
import { withTransaction } from '../../src/store/session.ts';
import { WISH } from '../requests/open-desk.ts';
import { ORIGIN, openIntake, type TestIntake } from './open-intake.ts';

let at: TestIntake;

beforeAll(async () => {
  at = await openIntake({ coolingOff: 'P3D' });
});

beforeEach(async () => {
  await at.pool
    .query(`DELETE FROM notice; DELETE FROM data_subject_request; DELETE FROM idempotent_answer; DELETE FROM principal;
    DELETE FROM subject_identifier WHERE id = 'fresh'`);
  at.queued.length = 0;
});

afterAll(() => at[Symbol.asyncDispose]());

const HELD_UNTIL = () => new Date(at.clock.now().getTime() + 3 * 24 * 3_600_000);
const idOf = (path: string): string => path.split('/')[3] ?? '';

/** Ann's address is changed: she is now found by another as well. */
async function changeAddress(): Promise<void> {
  const held = { tenantId: 'cp', subjectId: 'ann', sourceSystem: 'test' };
  await at.prisma.subjectIdentifier.create({ data: { ...held, id: 'fresh', kind: 'EMAIL', value: 'new@example.org' } });
}

async function signInFirst(issuer: string, ago: string): Promise<void> {
  await at.pool.query(
    `INSERT INTO principal (tenant_id, id, kind, actor_id, role_at) VALUES ('cp', $1, 'SUBJECT', 'ann', now() - $2::interval)`,
    [principalId(issuer, 'ann'), ago],
  );
}

const held = () =>
  withTransaction(at.pool, 'cp', (writer) => coolingOff(at.desk, writer, { tenantId: 'cp', subjectId: 'ann' }));

async function file(right = 'ACCESS') {
  const by = { kind: 'SUBJECT', tenant: 'cp', subjectId: 'ann' } as const;
  return withTransaction(at.pool, 'cp', async (writer) => {
    const filing = { tenantId: 'cp', subjectId: 'ann', by, channel: 'PORTAL', wish: { ...WISH, right } } as const;
    const { row, entries } = await fileRequest(at.desk, writer, { ...filing, idempotencyKey: `k${Math.random()}` });
    await at.desk.audit.append(writer, ...entries);
    return row;
  });
}

/** To which addresses what was told. */
async function told(kind: string): Promise<readonly (string | null)[]> {
  const rows = await at.prisma.notice.findMany({ where: { kind, channel: 'MAIL' }, orderBy: { identifierId: 'asc' } });
  return rows.map(({ identifierId }) => identifierId);
}

test('where nothing is fresh nothing waits', async () => {
  expect(await held()).toBeNull();
  expect(await file()).toMatchObject({ heldUntil: null, status: 'APPROVED' });
  expect(await told('REQUEST_HELD')).toEqual([]);
});

describe('X-07: an address changed a short time ago', () => {
  test('a copy that is asked for then waits for three days, and every address is told, the old one too', async () => {
    await changeAddress();
    expect(await file()).toMatchObject({ heldUntil: HELD_UNTIL(), status: 'APPROVED' });
    expect(await told('REQUEST_HELD')).toEqual(['email_ann', 'fresh']);
  });

  test('no file can say that an address is old', async () => {
    const made = {
      tenantId: 'cp',
      subjectId: 'ann',
      sourceSystem: 'test',
      id: 'fresh',
      kind: 'EMAIL',
      value: 'new@example.org',
    } as const;
    await at.prisma.subjectIdentifier.create({ data: { ...made, heldSince: new Date('2020-01-01T00:00:00Z') } });
    expect(await held()).toEqual(HELD_UNTIL());
    await at.pool.query(`UPDATE subject_identifier SET held_since = now() - interval '8 days' WHERE id = 'fresh'`);
    expect(await held()).toBeNull();
    await at.pool.query(`UPDATE subject_identifier SET value = 'newer@example.org' WHERE id = 'fresh'`);
    expect(await held()).toEqual(HELD_UNTIL());
  });

  test('what came in with the person is no change', async () => {
    await at.prisma.subject.create({ data: { tenantId: 'cp', id: 'bea' } });
    const made = {
      tenantId: 'cp',
      subjectId: 'bea',
      sourceSystem: 'test',
      id: 'email_bea',
      kind: 'EMAIL',
      value: 'bea@example.org',
    } as const;
    await at.prisma.subjectIdentifier.create({ data: made });
    const until = await withTransaction(at.pool, 'cp', (writer) =>
      coolingOff(at.desk, writer, { tenantId: 'cp', subjectId: 'bea' }),
    );
    expect(until).toBeNull();
  });

  test('what a person has to decide does not wait for that', async () => {
    await changeAddress();
    expect(await file('RECTIFICATION')).toMatchObject({ heldUntil: null });
  });

  test('whoever proves by code that the fresh address is theirs waits too, and sees nothing meanwhile', async () => {
    await changeAddress();
    const path = await at.ask('new@example.org');
    const answer = await at.post(path, { code: (await at.codeOf(path)) ?? '' });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await answer.text()).toContain('25 November 2026');
    const row = await at.prisma.dataSubjectRequest.findFirstOrThrow({ where: { id: idOf(path) } });
    expect(row).toMatchObject({ subjectId: 'ann', heldUntil: HELD_UNTIL() });
    expect(await told('REQUEST_HELD')).toEqual(['email_ann', 'fresh']);

    // Nor by asking for another code, as long as it waits.
    at.clock.pass(3_600_000);
    await at.post(`${path}/again`, {});
    const again = await at.post(path, { code: (await at.codeOf(path)) ?? '' });
    expect(again.headers.getSetCookie()).toEqual([]);
    at.clock.pass(3 * 24 * 3_600_000);
    await at.post(`${path}/again`, {});
    const after = await at.post(path, { code: (await at.codeOf(path)) ?? '' });
    expect([after.status, after.headers.getSetCookie().length]).toEqual([303, 1]);
  });
});

describe('X-08: somebody signed in as the person for the first time', () => {
  test('a copy that is asked for then waits', async () => {
    await signInFirst('idp', '1 day');
    expect(await file()).toMatchObject({ heldUntil: HELD_UNTIL() });
    expect(await told('REQUEST_HELD')).toEqual(['email_ann']);
  });

  test('a sign-in that is known for longer, and a code, make nobody wait', async () => {
    await signInFirst('idp', '8 days');
    await signInFirst(CODE_ISSUER, '1 minute');
    expect(await held()).toBeNull();
  });
});

describe('X-07: a request that waits is cancelled from the notice of it', () => {
  test('by whoever has its id, and not by opening the page; the operator hears of it', async () => {
    await changeAddress();
    const row = await file();
    const path = `/intake/cp/${row.id}/cancel`;
    const page = await at.get(path);
    expect(await page.text()).toContain(`action="${path}"`);
    expect((await at.prisma.dataSubjectRequest.findFirstOrThrow()).status).toBe('APPROVED');
    expect((await at.post(path, {}, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await at.post(path, {}, { origin: ORIGIN })).status).toBe(200);
    expect((await at.prisma.dataSubjectRequest.findFirstOrThrow()).status).toBe('CANCELLED');
    expect(await told('INCIDENT')).toEqual([null]);
    expect((await at.post(path, {})).status).toBe(404);
  });

  test('but not a request that does not wait', async () => {
    const row = await file();
    expect((await at.get(`/intake/cp/${row.id}/cancel`)).status).toBe(404);
    expect((await at.post(`/intake/cp/${row.id}/cancel`, {})).status).toBe(404);
    await at.pool.query(`UPDATE data_subject_request SET held_until = $1`, [at.clock.now()]);
    expect((await at.post(`/intake/cp/${row.id}/cancel`, {})).status).toBe(404);
    expect((await at.prisma.dataSubjectRequest.findFirstOrThrow()).status).toBe('APPROVED');
  });
});
