import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { addPerson } from '../bundle/exporter.ts';
import { forge } from './forge.ts';
import { archiveOfMany } from './hostile-archives.ts';
import { openReceiver, type Receiver } from './receiver.ts';

const ALONE = fileURLToPath(new URL('receive-alone.ts', import.meta.url));
const MOST_MEGABYTES = 300;
/** What src/cli/main.ts sets for every command. */
const AS_THE_CLI = '--optimize-for-size';

let at: Receiver;
let url = '';

beforeAll(async () => {
  at = await openReceiver();
  const { rows } = await at.pool.query<{ name: string }>('SELECT current_database() AS name');
  const server = new URL(inject('serverUrl'));
  server.pathname = `/${rows[0]?.name}`;
  url = server.href;
  await at.addTenant('new', 'CX');
  await addPerson(at.prisma, 'cp', 'ann', { email: 'ann@example.nl' });
});

afterAll(() => at[Symbol.asyncDispose]());

async function alone(
  bytes: Buffer,
  ...flags: readonly string[]
): Promise<{ readonly told: string; readonly megabytes: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    ALONE,
    await at.save(bytes),
    url,
    join(at.folder, 'blobs'),
  ]);
  return JSON.parse(stdout) as { told: string; megabytes: number };
}

test.each([1_000_000, 250_000])(
  'X-34: an archive of %i files is refused in little memory, and nothing is written',
  async (count) => {
    const before = await at.everything();
    const { told, megabytes } = await alone(archiveOfMany(count), AS_THE_CLI);
    expect(told).toMatch(count > 250_000 ? /holds 1000000 files; up to 250000 are taken in/ : /has no manifest\.json/);
    expect(megabytes).toBeLessThan(MOST_MEGABYTES);
    expect(await at.everything()).toEqual(before);
  },
);

test('X-34: a gigabyte of zeros for a row is refused in little memory, and nothing is written', async () => {
  const before = await at.everything();
  const zip = await at.bundle('cp', 'ann', 'PORTABILITY', 'ZIP');
  const bomb = await forge(zip, at.key, (files) => files.set('data/account.json', Buffer.alloc(1_000_000_000, '0')));
  const { told, megabytes } = await alone(bomb, AS_THE_CLI);
  expect(told).toMatch(/account\.json: has a row that is too long/);
  expect(megabytes).toBeLessThan(MOST_MEGABYTES);
  expect(await at.everything()).toEqual(before);
});

test('rows that are larger than the memory come through', async () => {
  await addPerson(at.prisma, 'cx', 'kim');
  await at.pool.query(`
    INSERT INTO message (tenant_id, id, subject_id, source_system, channel, author_kind, body, sent_at)
    SELECT 'cx', 'message-' || n, 'kim', 'test', 'EMAIL', 'SUBJECT', repeat('Hello again. ', 2000), timestamptz '2026-10-01Z' + n * interval '1 s'
    FROM generate_series(1, 5000) n`);
  const { told } = await alone(await at.bundle('cx', 'kim', 'PORTABILITY', 'ZIP'), '--max-old-space-size=64');
  expect(told).toContain('"messages":{"inserted":5000,"unchanged":0}');
});
