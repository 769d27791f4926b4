import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { exportBundle, type ExportedBundle, type ExportOptions } from '../../src/bundle/export-file.ts';
import type { BundleRequest } from '../../src/bundle/prepare.ts';
import { addPerson, owned, type Exporter, type TenantId } from '../bundle/exporter.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const run = promisify(execFile);

/** Exports into a folder of its own, as `carryall export` does. */
export async function exportTo(
  at: Exporter,
  request: BundleRequest,
  options: ExportOptions = {},
  name = 'bundle.zip',
): Promise<ExportedBundle & { readonly folder: string }> {
  const folder = await mkdtemp(join(at.folder, 'out-'));
  return { ...(await exportBundle(at.sources, request, join(folder, name), options)), folder };
}

/** A person who has written a message, to which files can be attached. */
export async function addWriter(at: Exporter, tenantId: TenantId, subjectId: string): Promise<void> {
  await addPerson(at.prisma, tenantId, subjectId, { fullName: subjectId });
  const message = {
    channel: 'EMAIL',
    authorKind: 'SUBJECT',
    body: 'See the files.',
    sentAt: new Date('2026-11-01T00:00:00Z'),
  } as const;
  await at.prisma.message.create({ data: { ...owned(tenantId, subjectId, `message-${subjectId}`), ...message } });
}

/** A person with stored files of these sizes, which nothing can pack; their keys, in the order of the bundle. */
export async function addFiles(
  at: Exporter,
  tenantId: TenantId,
  subjectId: string,
  sizes: readonly number[],
): Promise<readonly string[]> {
  await addWriter(at, tenantId, subjectId);
  const keys: string[] = [];
  for (const size of sizes) {
    const stored = await at.sources.blobs.put(tenantId, Readable.from([randomBytes(size)]));
    keys.push(stored.key);
    await attach(at, { tenantId, subjectId, from: keys.length, to: keys.length }, stored);
  }
  return keys;
}

/** Attaches one stored file so many times, from `from` to `to`. */
export async function attach(
  at: Exporter,
  {
    tenantId,
    subjectId,
    from,
    to,
  }: { readonly tenantId: TenantId; readonly subjectId: string; readonly from: number; readonly to: number },
  { key, bytes, sha256 }: { readonly key: string; readonly bytes: number; readonly sha256: string | null },
): Promise<void> {
  await at.pool.query(
    `INSERT INTO message_attachment (tenant_id, id, subject_id, source_system, message_id, author_kind, file_name, content_type, bytes, sha256, blob_key)
     SELECT $1, $2 || '-' || lpad(n::text, 6, '0'), $2, 'test', 'message-' || $2, 'SUBJECT', 'photo.jpg', 'image/jpeg', $3, $4, $5
     FROM generate_series($6::int, $7::int) n`,
    [tenantId, subjectId, bytes, sha256, key, from, to],
  );
}

/** So much is needed; what V8 would rather not clean up yet is not. */
const SMALL_HEAP = ['--max-old-space-size=160', '--max-semi-space-size=8'];

/** Runs the program, and tells the most memory that it ever held, in MB. */
export function peakOf(at: Exporter, ...args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const { connectionString } = at.pool.options;
    const child = spawn('/usr/bin/time', ['-f', '%M', process.execPath, ...SMALL_HEAP, MAIN, ...args], {
      env: {
        ...process.env,
        DATABASE_URL: connectionString,
        CARRYALL_DATA: at.folder,
        CARRYALL_NOW: '2026-11-22T00:00:00Z',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(Number(err.trim().split('\n').at(-1)) / 1024) : reject(new Error(err)),
    );
  });
}

/** What a program prints; it fails when the program does or complains. */
export async function say(command: string, ...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(command, words, { maxBuffer: 256 * 1024 * 1024 });
  expect(stderr, command).toBe('');
  return stdout;
}

/** The names that a reader finds in an archive which it has found sound, in their order. */
export const READERS = {
  unzip: async (path: string) => {
    expect(await say('unzip', '-tqq', path)).toBe('');
    return linesOf(await say('unzip', '-Z1', path));
  },
  python: async (path: string) =>
    linesOf(
      await say(
        'python3',
        '-c',
        'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint("\\n".join(z.namelist()))',
        path,
      ),
    ),
  '7z': async (path: string) => {
    expect(await say('7z', 't', '-bd', path)).toContain('Everything is Ok');
    return linesOf(await say('7z', 'l', '-ba', '-slt', path)).flatMap((line) => /^Path = (.+)$/.exec(line)?.[1] ?? []);
  },
  bsdtar: async (path: string) => linesOf(await say('bsdtar', '-tf', path)),
} as const satisfies Readonly<Record<string, (path: string) => Promise<readonly string[]>>>;

const linesOf = (text: string): string[] => text.split(/\r?\n/).filter(Boolean);

/** The SHA-256 of a file. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
