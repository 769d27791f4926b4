import { expect, test } from 'vitest';
import { openAuditor, type Auditor, type Look } from '../../src/audit/auditor.ts';
import type { AuditActor } from '../../src/audit/entry.ts';
import { isCarryallError } from '../../src/errors.ts';
import { withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { agent, look, openTestLog, type TestLog } from './open-log.ts';

const POLICY = { code: 'CR', version: '2024-11-14' };

const seen: Look = {
  actor: agent,
  subjectId: 'sub_1',
  items: ['call.calledNumber', 'account.email', 'account.email'],
  outcome: 'ALLOWED',
  purpose: 'support',
  reason: 'The caller cannot log in',
  ticket: 'T-1',
  grants: ['grant_1'],
  policy: POLICY,
};
const denied: Look = { ...seen, outcome: 'DENIED', denial: 'PURPOSE_REQUIRED' };

/** An auditor whose clock is moved by hand. */
function open(log: TestLog): { auditor: Auditor; faults: unknown[]; pass: (ms: number) => void } {
  let now = Date.UTC(2026, 10, 22);
  const faults: unknown[] = [];
  const auditor = openAuditor({
    pool: log.pool,
    keys: log.keys,
    clock: { now: () => new Date(now) },
    onFault: (error) => faults.push(error),
  });
  return { auditor, faults, pass: (ms) => (now += ms) };
}

interface Stored {
  readonly action: string;
  readonly outcome: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

async function stored(log: TestLog): Promise<Stored[]> {
  const { rows } = await log.pool.query<Stored>('SELECT * FROM audit_event ORDER BY tenant_id, seq');
  return rows;
}

test('L-20: a look is one entry that says what was decided, on what, for what and under which policy', async () => {
  await using log = await openTestLog();
  const { auditor } = open(log);
  await using _ = auditor;
  await auditor.look(seen);
  await auditor.look(denied);
  const shared = {
    action: 'LOOK',
    actor_kind: 'SUPPORT_AGENT',
    subject_id: 'sub_1',
    purpose: 'support',
    ticket: 'T-1',
    policy_code: 'CR',
    policy_version: '2024-11-14',
  };
  const items = ['account.email', 'call.calledNumber'];
  expect(await stored(log)).toMatchObject([
    { ...shared, outcome: 'ALLOWED', detail: { items, grants: ['grant_1'] } },
    { ...shared, outcome: 'DENIED', detail: { items, grants: ['grant_1'], denial: 'PURPOSE_REQUIRED' } },
  ]);
});

test("L-20: a look at an id that is nobody's is recorded, and says that it is", async () => {
  await using log = await openTestLog();
  const { auditor } = open(log);
  await using _ = auditor;
  await auditor.look({ ...denied, subjectId: 'sub_404' });
  expect(await stored(log)).toMatchObject([{ subject_id: null, subject_ref: null, detail: { unknownSubject: true } }]);
  expect(JSON.stringify(await stored(log))).not.toContain('sub_404');
  expect((await log.verify()).fault).toBeNull();
});

test('L-23: ten thousand denials in a minute are a few entries that count them all', async () => {
  await using log = await openTestLog();
  const { auditor, pass } = open(log);
  await using _ = auditor;
  for (let count = 0; count < 10_000; count += 1) {
    await auditor.look({ ...denied, subjectId: `sub_${1 + (count % 2)}` });
    pass(5);
  }
  await auditor.look({ ...denied, denial: 'GRANT_REQUIRED' });
  await auditor.look(seen);
  pass(60_000);
  await auditor.flush();
  const entries = await stored(log);
  expect(entries.length).toBeLessThan(10);
  const told = entries
    .filter(({ detail }) => detail['denial'] === 'PURPOSE_REQUIRED')
    .map(({ detail }) => Number(detail['repeated'] ?? 1));
  expect(told.reduce((sum, each) => sum + each, 0)).toBe(10_000);
  expect(entries).toContainEqual(expect.objectContaining({ detail: expect.objectContaining({ subjects: 2 }) }));
  expect(entries).toContainEqual(
    expect.objectContaining({ detail: expect.objectContaining({ denial: 'GRANT_REQUIRED' }) }),
  );
  expect(entries).toContainEqual(expect.objectContaining({ outcome: 'ALLOWED' }));
});

test("L-23: who varies what is asked for is bounded too, and stands in nobody else's way", async () => {
  await using log = await openTestLog();
  const { auditor } = open(log);
  const other: AuditActor = { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 'staff_8' };
  for (let count = 0; count < 2000; count += 1) await auditor.look({ ...denied, items: [`item.${count}`] });
  await auditor.look({ ...denied, actor: other });
  await auditor[Symbol.asyncDispose]();
  const entries = await stored(log);
  expect(entries.length).toBeLessThan(60);
  expect(entries.reduce((sum, { detail }) => sum + Number(detail['repeated'] ?? 1), 0)).toBe(2001);
  expect(
    entries.filter(
      ({ detail }) => JSON.stringify(detail['items']) === JSON.stringify(['account.email', 'call.calledNumber']),
    ),
  ).toHaveLength(1);
});

test('what is allowed is never merely counted', async () => {
  await using log = await openTestLog();
  const { auditor } = open(log);
  await using _ = auditor;
  await Promise.all(Array.from({ length: 30 }, () => auditor.look(seen)));
  expect(await log.verify()).toMatchObject({ entries: 30, fault: null });
});

const BREAKDOWNS = [
  { name: 'a constraint', statement: `ALTER TABLE audit_event ADD CHECK (outcome = 'NEVER') NOT VALID` },
  { name: 'a missing right', statement: 'REVOKE INSERT ON audit_event FROM carryall_app' },
  {
    name: 'a full disk',
    statement: `CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION full()`,
  },
  { name: 'a missing table', statement: 'DROP TABLE audit_event' },
];

test.each(BREAKDOWNS)(
  'L-09, A-43: where $name keeps the entry out, the look fails and so does the work',
  async ({ statement }) => {
    await using log = await openTestLog();
    await log.tamper(statement);
    const { auditor, faults } = open(log);
    for (const each of [seen, denied]) {
      const failed: unknown = await auditor.look(each).catch((error: unknown) => error);
      expect(isCarryallError(failed, 'DATABASE_FAILED')).toBe(true);
    }
    expect(faults).toHaveLength(1);
    const work = withTransaction(log.pool, 'acme', async (writer) => {
      await writer.execute(sql`INSERT INTO subject (tenant_id, id) VALUES ('acme', 'sub_3')`);
      await auditor.append(writer, look('sub_3', { action: 'IMPORT' }));
      return 'the data';
    });
    await expect(work).rejects.toThrow();
    expect((await log.pool.query(`SELECT FROM subject WHERE id = 'sub_3'`)).rowCount).toBe(0);
    await auditor[Symbol.asyncDispose]();
  },
);

test('L-23: a denial that could not be written is written when the log can be again', async () => {
  await using log = await openTestLog();
  await log.tamper('ALTER TABLE audit_event RENAME TO gone');
  const { auditor } = open(log);
  await using _ = auditor;
  await expect(auditor.look(denied)).rejects.toThrow();
  await auditor.look(denied);
  await log.tamper('ALTER TABLE gone RENAME TO audit_event');
  await auditor.flush('ALL');
  const entries = await stored(log);
  expect(entries).toHaveLength(2);
  expect(entries).toContainEqual(expect.objectContaining({ detail: expect.objectContaining({ repeated: 1 }) }));
});

test('one bad entry among many written at once fails alone', async () => {
  await using log = await openTestLog();
  const { auditor } = open(log);
  await using _ = auditor;
  const results = await Promise.allSettled([
    auditor.record(look()),
    auditor.record(look('sub_1', { purpose: 'Not a code' })),
    auditor.record(look()),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test("L-21: the time is the database's, whatever the clock here says, and the numbers give the order", async () => {
  await using log = await openTestLog();
  const { auditor, pass } = open(log);
  await using _ = auditor;
  await auditor.look(seen);
  pass(-10 * 365 * 86_400_000);
  await auditor.look(seen);
  const { rows } = await log.pool.query(
    `SELECT seq::int, occurred_at BETWEEN now() - interval '5 minutes' AND now() AS present FROM audit_event ORDER BY seq`,
  );
  expect(rows).toEqual([
    { seq: 1, present: true },
    { seq: 2, present: true },
  ]);
});

test('checkpoints are asked for as entries are added, and a failing one stops nobody', async () => {
  await using log = await openTestLog();
  const made: string[] = [];
  const faults: unknown[] = [];
  await using auditor = openAuditor({
    pool: log.pool,
    keys: log.keys,
    clock: { now: () => new Date() },
    onFault: (error) => faults.push(error),
    checkpoints: { every: 3, make: (tenant) => (made.push(tenant), Promise.reject(new Error('no room'))) },
  });
  for (let count = 0; count < 7; count += 1) await auditor.record(look());
  expect(made).toEqual(['acme', 'acme']);
  expect(faults).toHaveLength(2);
});
