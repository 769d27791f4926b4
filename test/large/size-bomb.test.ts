import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addPerson, openExporter, type Exporter } from '../bundle/exporter.ts';
import { addFiles, attach, exportTo, peakOf, READERS, say } from './exported.ts';

/*
 * The sizes of X-32 are ten million rows, a hundred thousand files, and a gigabyte in one field: docs/reliability.md has how they
 * are run with these variables, and what was seen.
 */
const ROWS = Number(process.env['ROWS'] ?? 100_000);
const FILES = Number(process.env['FILES'] ?? 2000);
const TEXT_MB = 15;
const TOO_MANY_MB = Number(process.env['TEXT_MB'] ?? 64);
const MINUTES = 60_000;
const MEGABYTE = 1024 * 1024;

let at: Exporter;
beforeAll(async () => {
  at = await openExporter();
});
afterAll(() => at[Symbol.asyncDispose]());

const exporting = (subject: string, out: string): string[] => [
  'export',
  '--tenant',
  'cp',
  '--subject',
  subject,
  '--scope',
  'access',
  '--out',
  out,
];

test(
  'X-32: rows and files beyond measure are streamed: the archive is whole, and needs no more memory',
  async () => {
    const [key = ''] = await addFiles(at, 'cp', 'bomb', [10]);
    await attach(
      at,
      { tenantId: 'cp', subjectId: 'bomb', from: 2, to: FILES },
      { key, bytes: 10, sha256: key.slice(3) },
    );
    await at.pool.query(
      `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at, duration_seconds)
       SELECT 'cp', 'call_' || n, 'bomb', 'test', '+336' || lpad((n::bigint * 48271 % 99999989)::text, 8, '0'),
         timestamptz '2025-01-01T00:00:00Z' + n * interval '2 seconds', n % 3600 FROM generate_series(1, $1::int) n`,
      [ROWS],
    );
    await at.pool.query('ANALYZE call_record');
    const out = join(at.folder, 'bomb.zip');
    const began = performance.now();
    const built = await peakOf(at, ...exporting('bomb', out));
    console.log(
      `X-32: ${ROWS} rows, ${FILES} files: ${Math.round((performance.now() - began) / 1000)} s, ${Math.round(built)} MB`,
    );
    expect(built).toBeLessThan(300);
    expect(await peakOf(at, 'verify', out)).toBeLessThan(300);
    const names = await READERS.unzip(out);
    expect(names.filter((path) => path.startsWith('files/'))).toHaveLength(FILES);
    const lines = await say('sh', '-c', `unzip -p '${out}' 'data/call-records.ndjson' | wc -l`);
    expect(Number(lines)).toBe(ROWS);
  },
  240 * MINUTES,
);

test(
  'X-32: very long text in one field goes in whole, and what is longer than memory is for fails with its reason',
  async () => {
    await addPerson(at.prisma, 'cp', 'talker', { fullName: 'talker' });
    await at.pool.query(
      `INSERT INTO message (tenant_id, id, subject_id, source_system, channel, author_kind, body, sent_at)
       VALUES ('cp', 'long', 'talker', 'test', 'EMAIL', 'SUBJECT', repeat('0123456789abcdef', $1::int * 65536), '2026-11-01Z')`,
      [TEXT_MB],
    );
    const out = join(at.folder, 'talker.zip');
    const built = await peakOf(at, ...exporting('talker', out));
    console.log(`X-32: a field of ${TEXT_MB} MB: ${Math.round(built)} MB`);
    // A row is in memory as a whole, in its forms one after another.
    expect(built).toBeLessThan(300 + 10 * TEXT_MB);
    await peakOf(at, 'verify', out);
    const bytes = Number(await say('sh', '-c', `unzip -p '${out}' 'data/messages.ndjson' | wc -c`));
    expect(bytes).toBeGreaterThan(TEXT_MB * MEGABYTE);
    await at.pool.query(`UPDATE message SET body = repeat('0123456789abcdef', $1::int * 65536) WHERE id = 'long'`, [
      TOO_MANY_MB,
    ]);
    const again = join(at.folder, 'again.zip');
    await expect(peakOf(at, ...exporting('talker', again))).rejects.toThrow(/A row is longer than 16777216 bytes/);
    expect(existsSync(again)).toBe(false);
  },
  60 * MINUTES,
);

test('X-33: how large the files of an archive are unpacked is stated in its manifest, exactly, so that whoever opens it can refuse', async () => {
  await addPerson(at.prisma, 'cp', 'packed', { fullName: 'packed' });
  await at.pool.query(
    `INSERT INTO message (tenant_id, id, subject_id, source_system, channel, author_kind, body, sent_at)
     SELECT 'cp', 'packed_' || n, 'packed', 'test', 'EMAIL', 'SUBJECT', repeat('a', 1000000), '2026-11-01Z' FROM generate_series(1, 8) n`,
  );
  const { folder } = await exportTo(at, { tenantId: 'cp', subjectId: 'packed', scope: 'ACCESS', format: 'ZIP' });
  const path = join(folder, 'bundle.zip');
  const { files } = JSON.parse(await say('unzip', '-p', path, 'manifest.json')) as {
    readonly files: readonly { readonly path: string; readonly bytes: number }[];
  };
  // What the directory of the archive says, without unpacking anything.
  const listed = JSON.parse(
    await say(
      'python3',
      '-c',
      'import sys, json, zipfile\nprint(json.dumps([[i.filename, i.file_size, i.compress_size] for i in zipfile.ZipFile(sys.argv[1]).infolist()]))',
      path,
    ),
  ) as readonly (readonly [string, number, number])[];
  const sizes = new Map(listed.map(([name, bytes]) => [name, bytes]));
  expect(files.length).toBeGreaterThan(3);
  for (const { path: name, bytes } of files) expect([name, sizes.get(name)]).toEqual([name, bytes]);
  const [, unpacked = 0, packed = 1] = listed.find(([name]) => name === 'data/messages.ndjson') ?? [];
  expect(unpacked).toBeGreaterThan(8_000_000);
  expect(unpacked / packed).toBeGreaterThan(100);
  expect(files.find(({ path: name }) => name === 'data/messages.ndjson')?.bytes).toBe(unpacked);
  // What comes out is what was stated.
  expect(Number(await say('sh', '-c', `unzip -p '${path}' data/messages.ndjson | wc -c`))).toBe(unpacked);
});
