import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundle, type BuildOptions } from '../../src/bundle/build.ts';
import { writeWhole } from '../../src/bundle/output-file.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { failing, failureOf, isWell, KILL, once, openBusyExporter } from './breakdowns.ts';
import { FORMATS, type Exporter } from './exporter.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openBusyExporter();
});

afterAll(() => at[Symbol.asyncDispose]());

const build = (format: 'ZIP' | 'JSON', destination: Writable, options?: BuildOptions) =>
  at.build({ tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format }, destination, options);

describe('a file that is written whole', () => {
  test.each(FORMATS)('is there only when all of it is (%s)', async (format) => {
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'bundle');
    await writeWhole(path, (destination) => build(format, destination));
    expect(await readdir(folder.path)).toEqual(['bundle']);
    const before = await readFile(path);
    const stop = new AbortController();
    const again = writeWhole(path, (destination) =>
      build(format, destination, { signal: stop.signal, onProgress: () => stop.abort() }),
    );
    expect((await failureOf(again)).code).toBe('CANCELLED');
    expect(await readdir(folder.path)).toEqual(['bundle']);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('leaves nothing when the database ends the session', async () => {
    using folder = openTemporaryFolder();
    const writing = writeWhole(join(folder.path, 'bundle.zip'), (destination) =>
      build('ZIP', destination, { onProgress: once(() => at.pool.query(KILL)) }),
    );
    expect((await failureOf(writing)).code).toBe('DATABASE_FAILED');
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('leaves nothing when a listener to its progress throws', async () => {
    using folder = openTemporaryFolder();
    const fail = (): never => {
      throw new Error('broken');
    };
    const writing = writeWhole(join(folder.path, 'bundle.zip'), (destination) =>
      build('ZIP', destination, { onProgress: fail }),
    );
    expect((await failureOf(writing)).code).toBe('OUTPUT_FAILED');
    expect(await readdir(folder.path)).toEqual([]);
    await isWell(at);
  });

  test('says that the disk is full, and leaves nothing', async () => {
    using folder = openTemporaryFolder();
    const error = await failureOf(
      writeWhole(join(folder.path, 'bundle.zip'), () => build('ZIP', failing(5000, 'ENOSPC').destination)),
    );
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
    await failureOf(
      writeWhole(join(folder.path, 'bundle'), (destination) =>
        buildBundle(at.sources, { tenantId: 'cp', subjectId: 'nobody', scope: 'ACCESS', format: 'ZIP' }, destination),
      ),
    );
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
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
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    });
    expect(stdout).toBe('OUTPUT_FAILED\n');
  });
});
