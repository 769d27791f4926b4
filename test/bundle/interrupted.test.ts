import { execFile } from 'node:child_process';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundle, type BuildOptions } from '../../src/bundle/build.ts';
import { writeWhole } from '../../src/bundle/output-file.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { addPerson, FORMATS, openExporter, owned, type Exporter } from './exporter.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  await addPerson(at.prisma, 'cp', 'ann', { fullName: 'Ann' });
  await at.prisma.callRecord.createMany({
    data: Array.from({ length: 20_000 }, (_, index) => ({
      ...owned('cp', 'ann', `call-${index}`),
      // Numbers that do not compress well, so that a ZIP has bytes to break off in.
      calledNumber: `+31${String((index * 48271) % 999999937).padStart(9, '0')}`,
      startedAt: new Date(Date.UTC(2026, 0, 1) + ((index * 7919) % 20_000_000) * 1000),
      durationSeconds: (index * 31) % 3599,
    })),
  });
});

afterAll(() => at[Symbol.asyncDispose]());

const SOON = 2000;
const KILL = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`;

/** The error with which a promise rejects, or that it took too long. */
async function failureOf(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('still running')), SOON).unref());
  return Promise.race([promise, late]).then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error as Error,
  );
}

function once(act: () => unknown): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

/** A destination that does `what` at the byte `limit`. */
function destinationWith(limit: number, what: (callback: (error?: Error | null) => void) => void): Writable {
  let bytes = 0;
  return new Writable({
    write(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      if (bytes >= limit) what(callback);
      else callback();
    },
  });
}

function failing(limit: number, code: string): Writable {
  return destinationWith(limit, (callback) => callback(Object.assign(new Error(code), { code })));
}

const build = (format: 'ZIP' | 'JSON', destination: Writable, options?: BuildOptions) =>
  at.build({ tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format }, destination, options);

/** That the pool works and nothing of the failed build is left on the server. */
async function isWell(): Promise<void> {
  const { rows } = await at.pool.query<{ busy: string }>(
    `SELECT count(*) AS busy FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'`,
  );
  expect(rows).toEqual([{ busy: '0' }]);
}

describe.each(FORMATS)('a build of a %s', (format) => {
  test.each([1, 5000, 60_000, 150_000])('fails soon when its destination fails at byte %i', async (limit) => {
    expect((await failureOf(build(format, failing(limit, 'EIO')))).code).toBe('EIO');
    await isWell();
  });

  test('fails soon when its destination is destroyed', async () => {
    const destination = destinationWith(20_000, () => void destination.destroy());
    await failureOf(build(format, destination));
    await isWell();
  });

  test('fails soon when the database ends its session', async () => {
    let killed = false;
    const destination = destinationWith(20_000, (callback) => {
      if (killed) return callback();
      killed = true;
      at.pool
        .query(KILL)
        .then(() => setTimeout(callback, 50), callback);
    });
    expect((await failureOf(build(format, destination))).code).toBe('DATABASE_FAILED');
    await isWell();
  });

  test('fails soon when it is cancelled, and says that it was', async () => {
    const stop = new AbortController();
    const destination = destinationWith(20_000, (callback) => {
      stop.abort();
      callback();
    });
    expect((await failureOf(build(format, destination, { signal: stop.signal }))).code).toBe('CANCELLED');
    await isWell();
  });

  test('that is cancelled while its destination is stuck fails soon', async () => {
    const stop = new AbortController();
    // Never answers.
    const destination = destinationWith(20_000, () => setTimeout(() => stop.abort(), 20));
    expect((await failureOf(build(format, destination, { signal: stop.signal }))).code).toBe('CANCELLED');
    await isWell();
  });

  test('that was cancelled before it began writes nothing', async () => {
    let bytes = 0;
    const destination = new Writable({ write: (chunk: Buffer, _encoding, callback) => void ((bytes += chunk.length), callback()) });
    expect((await failureOf(build(format, destination, { signal: AbortSignal.abort() }))).code).toBe('CANCELLED');
    expect(bytes).toBe(0);
    await isWell();
  });

  test.each([
    ['somebody unknown', { subjectId: 'nobody' }, 'NOT_FOUND'],
    ['an unknown tenant', { tenantId: 'nowhere' }, 'NOT_FOUND'],
    ["another tenant's person", { tenantId: 'cn' }, 'NOT_FOUND'],
    ['too many rows', { maxRows: 100 }, 'BUNDLE_TOO_LARGE'],
  ])('for %s writes nothing', async (_name, other, code) => {
    let bytes = 0;
    const destination = new Writable({ write: (chunk: Buffer, _encoding, callback) => void ((bytes += chunk.length), callback()) });
    const request = { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format, ...other } as const;
    expect((await failureOf(buildBundle(at.sources, request, destination))).code).toBe(code);
    expect(bytes).toBe(0);
    await isWell();
  });

  test('without a place for scratch files fails soon, if it needs one', async () => {
    const file = join(at.folder, 'no-folder');
    await writeFile(file, '');
    const building = buildBundle({ ...at.sources, workFolder: file }, { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format }, failing(Infinity, ''));
    if (format === 'JSON') await building;
    else expect((await failureOf(building)).message).not.toBe('still running');
    await isWell();
  });

  test('fails soon, and whole, when a stored file is not the one its row was made with', async () => {
    await addPerson(at.prisma, 'cr', `files-${format}`);
    await at.prisma.legalDocument.create({
      data: {
        ...owned('cr', `files-${format}`, `doc-${format}`),
        kind: 'OTHER',
        fileName: 'a.pdf',
        contentType: 'application/pdf',
        bytes: 3,
        sha256: '0'.repeat(64),
        blobKey: `cr/${'0'.repeat(64)}`,
        submittedAt: new Date('2026-01-01T00:00:00Z'),
      },
    });
    const building = at.build({ tenantId: 'cr', subjectId: `files-${format}`, scope: 'ACCESS', format }, failing(Infinity, ''));
    if (format === 'JSON') await building;
    else expect((await failureOf(building)).code).toBe('NOT_FOUND');
    await isWell();
  });
});

describe('a file that is written whole', () => {
  test.each(FORMATS)('is there only when all of it is (%s)', async (format) => {
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'bundle');
    await writeWhole(path, (destination) => build(format, destination));
    expect(await readdir(folder.path)).toEqual(['bundle']);
    const before = await readFile(path);
    const stop = new AbortController();
    const again = writeWhole(path, (destination) => build(format, destination, { signal: stop.signal, onProgress: () => stop.abort() }));
    expect((await failureOf(again)).code).toBe('CANCELLED');
    expect(await readdir(folder.path)).toEqual(['bundle']);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('leaves nothing when the database ends the session', async () => {
    using folder = openTemporaryFolder();
    const writing = writeWhole(join(folder.path, 'bundle.zip'), (destination) => build('ZIP', destination, { onProgress: once(() => at.pool.query(KILL)) }));
    expect((await failureOf(writing)).code).toBe('DATABASE_FAILED');
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('leaves nothing when a listener to its progress throws', async () => {
    using folder = openTemporaryFolder();
    const fail = (): never => {
      throw new Error('broken');
    };
    const writing = writeWhole(join(folder.path, 'bundle.zip'), (destination) => build('ZIP', destination, { onProgress: fail }));
    expect((await failureOf(writing)).code).toBe('OUTPUT_FAILED');
    expect(await readdir(folder.path)).toEqual([]);
    await isWell();
  });

  test('says that the disk is full, and leaves nothing', async () => {
    using folder = openTemporaryFolder();
    const error = await failureOf(writeWhole(join(folder.path, 'bundle.zip'), () => build('ZIP', failing(5000, 'ENOSPC'))));
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED', message: expect.stringContaining('the disk is full') });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('leaves nothing when there is nothing to fill it with, however soon that is known', async () => {
    using folder = openTemporaryFolder();
    for (let round = 0; round < 50; round += 1) {
      await failureOf(writeWhole(join(folder.path, `bundle-${round}`), () => Promise.reject(new Error('at once'))));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await readdir(folder.path)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('is closed when it fails', async () => {
    using folder = openTemporaryFolder();
    await failureOf(writeWhole(join(folder.path, 'bundle'), (destination) => buildBundle(at.sources, { tenantId: 'cp', subjectId: 'nobody', scope: 'ACCESS', format: 'ZIP' }, destination)));
    const open = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    expect(open.filter((path) => path.startsWith(folder.path))).toEqual([]);
  });

  test('that cannot be made is refused, and the process lives', async () => {
    using folder = openTemporaryFolder();
    // A name that the system takes, and whose temporary one it does not.
    const path = join(folder.path, 'x'.repeat(250));
    const { href } = new URL('../../src/bundle/output-file.ts', import.meta.url);
    const script = `
      const { writeWhole } = await import(${JSON.stringify(href)});
      const fill = () => new Promise((resolve) => setTimeout(resolve, 100));
      await writeWhole(${JSON.stringify(path)}, fill).catch((error) => console.log(error.code));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: fileURLToPath(new URL('../..', import.meta.url)) });
    expect(stdout).toBe('OUTPUT_FAILED\n');
  });
});
