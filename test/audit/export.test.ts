import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import { exportChain } from '../../src/audit/export.ts';
import { makeCheckpoint } from '../../src/audit/make-checkpoint.ts';
import { verifyFile } from '../../src/audit/verify.ts';
import { checkpointKeys, look, looks, openTestLog, type TestLog } from './open-log.ts';

/** The log of acme in a file: a checkpoint at 4, six entries; and the other tenant has entries too. */
async function exported(
  log: TestLog,
): Promise<{ path: string; lines: string[]; rewrite: (lines: string[]) => Promise<void> }> {
  await record(log.pool, log.keys, looks(4));
  await makeCheckpoint(log, 'acme');
  await record(log.pool, log.keys, looks(2));
  await record(log.pool, log.keys, [look('sub_2', { actor: { kind: 'GATEWAY', tenant: 'other' } })]);
  const path = join(log.folder, 'audit.ndjson');
  await exportChain(log.pool, log.place, 'acme', path);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return { path, lines, rewrite: (changed) => writeFile(path, `${changed.join('\n')}\n`) };
}

test("L-22: a tenant's own log verifies offline, and holds nothing of another tenant nor any name", async () => {
  await using log = await openTestLog();
  const { path, lines } = await exported(log);
  expect(await verifyFile(path, log.signing.check)).toMatchObject({
    tenantId: 'acme',
    entries: 6,
    last: 6,
    vouchedTo: 4,
    fault: null,
  });
  expect(await verifyFile(path, null)).toMatchObject({ entries: 6, vouchedTo: 0, fault: null });
  expect(lines.join()).not.toMatch(/other|sub_|staff_|cannot log in/);
});

test.each([
  ['an entry is missing', (lines: string[]) => lines.toSpliced(3, 1), 3],
  ['an entry comes twice', (lines: string[]) => lines.toSpliced(3, 0, lines[3] ?? ''), 3],
  ['two changed places', (lines: string[]) => lines.with(3, lines[4] ?? '').with(4, lines[3] ?? ''), 3],
  ['a word was changed', (lines: string[]) => lines.with(3, (lines[3] ?? '').replace('LOOK', 'KOOL')), 3],
  [
    'something was added to an entry',
    (lines: string[]) => lines.with(3, (lines[3] ?? '').replace('{', '{"more":1,')),
    3,
  ],
  ['a line is none', (lines: string[]) => lines.with(3, 'null'), 3],
  ['the end was cut off before the checkpoint', (lines: string[]) => lines.slice(0, 4), 4],
  [
    'a signature was changed',
    (lines: string[]) => lines.with(0, (lines[0] ?? '').replace(/"signature":"../, '"signature":"00')),
    4,
  ],
])('L-22: a file in which %s does not verify, and the place is named', async (_name, change, seq) => {
  await using log = await openTestLog();
  const { path, lines, rewrite } = await exported(log);
  await rewrite(change(lines));
  expect((await verifyFile(path, log.signing.check)).fault).toMatchObject({ seq });
});

test('L-22: a file that another key vouches for does not verify', async () => {
  await using log = await openTestLog();
  const { path } = await exported(log);
  const stranger = checkpointKeys(generateKeyPairSync('ed25519'));
  expect((await verifyFile(path, stranger.check)).fault).toMatchObject({ seq: 4 });
});

test.each([
  ['is not there', null],
  ['is empty', ''],
  ['ends within a line', '{"tenantId":"acme"}\n{"tena'],
])('a file that %s is bad input, or no log', async (_name, content) => {
  await using log = await openTestLog();
  const path = join(log.folder, 'audit.ndjson');
  if (content !== null) await writeFile(path, content);
  const found = await verifyFile(path, null).then(
    ({ fault }) => fault,
    (error: unknown) => error,
  );
  expect(found).not.toBeNull();
});
