import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import { forgetSubject } from '../../src/audit/forget.ts';
import { sqlState } from '../../src/store/failure.ts';
import { withTransaction } from '../../src/store/session.ts';
import { look, looks, openTestLog } from './open-log.ts';

const DENIED = '42501';

const CHANGES = [`UPDATE audit_event SET outcome = 'DENIED'`, 'DELETE FROM audit_event', 'TRUNCATE audit_event'];

const ONLY_OF_THE_OWNER = [
  'ALTER TABLE audit_event ADD COLUMN x text',
  'ALTER TABLE audit_event DISABLE TRIGGER audit_event_guard',
  'DROP TRIGGER audit_event_guard ON audit_event',
  `UPDATE audit_pseudonym SET salt = ''`,
  'DELETE FROM audit_pseudonym',
];

test.each([...CHANGES, ...ONLY_OF_THE_OWNER])('L-08: the role of the gateway may not: %s', async (statement) => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, [look()]);
  const client = await log.pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL ROLE carryall_app; SET LOCAL app.tenant = 'acme'`);
    const failed: unknown = await client.query(statement).catch((error: unknown) => error);
    expect(sqlState(failed)).toBe(DENIED);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

test.each([
  ...CHANGES,
  `UPDATE audit_event SET subject_id = NULL, reason = NULL, purpose = 'x'`,
  `UPDATE audit_event SET subject_id = 'sub_2'`,
  `UPDATE audit_event SET reason = NULL`,
  `SET carryall.prune_tenant = 'other'; SET carryall.prune_up_to = '9'; DELETE FROM audit_event`,
  `SET carryall.prune_tenant = 'acme'; SET carryall.prune_up_to = '1'; DELETE FROM audit_event`,
])('L-08: not even the owner can by mistake: %s', async (statement) => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(2));
  const client = await log.pool.connect();
  const failed: unknown = await client.query(statement).catch((error: unknown) => error);
  client.release(true);
  expect(sqlState(failed)).toBe(DENIED);
  expect(await log.verify()).toMatchObject({ entries: 2, fault: null });
});

test('L-08: forgetting reaches nobody of another tenant', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, [look('sub_1', { actor: { kind: 'GATEWAY', tenant: 'other' } })]);
  const forgotten = await withTransaction(log.pool, 'acme', (writer) =>
    forgetSubject(writer, log.keys, 'other', 'sub_1'),
  );
  expect(forgotten).toBe(0);
  const { rows } = await log.pool.query('SELECT subject_id FROM audit_event');
  expect(rows).toEqual([{ subject_id: 'sub_1' }]);
  expect(await log.verify('other')).toMatchObject({ entries: 1, fault: null });
});

test('A-47: who may only read the log can verify it, and cannot write it', async () => {
  await using log = await openTestLog();
  await record(log.pool, log.keys, looks(2));
  await log.tamper('REVOKE INSERT ON audit_event FROM carryall_app');
  expect(await log.verify()).toMatchObject({ entries: 2, fault: null });
  await expect(record(log.pool, log.keys, [look()])).rejects.toThrow(DENIED);
});
