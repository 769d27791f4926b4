import { copyFile, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { verifyBundle, type Verification } from '../../src/bundle/verify.ts';
import { isCarryallError } from '../../src/errors.ts';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import { openExporter, type Exporter } from '../bundle/exporter.ts';
import { newPair } from '../seal/streams.ts';
import { newKey, readZip } from '../signing/signed-bundles.ts';
import { addFiles, exportTo, READERS, sha256Of } from './exported.ts';

const KILOBYTE = 1024;
const REQUEST = { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format: 'ZIP' } as const;
let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  const sizes = Array.from({ length: 40 }, (_, index) => ((index * 37) % 90) * KILOBYTE + 1);
  await addFiles(at, 'cp', 'ann', sizes);
});

afterAll(() => at[Symbol.asyncDispose]());

interface VolumesOfManifest {
  readonly files: readonly { readonly path: string; readonly volume?: number }[];
  readonly volumes: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
}

test('Z-15: over all volumes, of whatever size, there are the files of the manifest, each once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 200, max: 4000 }), async (kilobytes) => {
      const largest = kilobytes * KILOBYTE;
      const { paths, folder, sha256 } = await exportTo(at, REQUEST, { volumeBytes: largest });
      const found: { path: string; volume: number }[] = [];
      for (const [index, path] of paths.entries()) {
        expect(path).toBe(join(folder, `bundle.part${index + 1}.zip`));
        expect((await stat(path)).size).toBeLessThanOrEqual(largest);
        for (const name of (await readZip(await readFile(path))).keys()) found.push({ path: name, volume: index + 1 });
      }
      const manifest = await manifestIn(paths.at(-1));
      const listed = manifest.files.map(({ path, volume }) => ({ path, volume }));
      expect(found).toEqual([...listed, { path: 'manifest.json', volume: paths.length }]);
      expect(manifest.volumes).toEqual(
        await Promise.all(
          paths.slice(0, -1).map(async (path, index) => ({
            name: `bundle.part${index + 1}.zip`,
            bytes: (await stat(path)).size,
            sha256: await sha256Of(path),
          })),
        ),
      );
      expect(await sha256Of(paths.at(-1) ?? '')).toBe(sha256);
      expect(await verifyBundle(paths.at(-1) ?? '')).toMatchObject({ faults: [], files: found.length });
    }),
    // The smallest is cut into the most.
    { numRuns: 6, examples: [[200], [4000]] },
  );
});

async function manifestIn(path = ''): Promise<VolumesOfManifest> {
  const files = await readZip(await readFile(path));
  return JSON.parse(files.get('manifest.json')?.toString('utf8') ?? '') as VolumesOfManifest;
}

test.each(Object.entries(READERS))('Z-04: each volume opens on its own in %s', async (_, read) => {
  const { paths } = await exportTo(at, REQUEST, { volumeBytes: 500 * KILOBYTE });
  expect(paths.length).toBeGreaterThan(3);
  for (const path of paths) expect(await read(path)).toEqual([...(await readZip(await readFile(path))).keys()]);
});

test('without volumes the manifest says nothing of them, and there is one file under its own name', async () => {
  const { paths, folder } = await exportTo(at, REQUEST);
  expect(paths).toEqual([join(folder, 'bundle.zip')]);
  expect(await readdir(folder)).toEqual(['bundle.zip']);
  const manifest = await manifestIn(paths[0]);
  expect(manifest.volumes).toBeUndefined();
  expect(manifest.files.every(({ volume }) => volume === undefined)).toBe(true);
});

test('a file that no volume can hold is refused, and nothing is left', async () => {
  const small = exportTo(at, REQUEST, { volumeBytes: 60 * KILOBYTE }, 'small.zip');
  await expect(small).rejects.toMatchObject({ code: 'BUNDLE_TOO_LARGE' });
  const folders = await readdir(at.folder);
  for (const folder of folders.filter((name) => name.startsWith('out-')))
    expect(await readdir(join(at.folder, folder))).not.toContainEqual(expect.stringContaining('small'));
});

describe('a check names', () => {
  const key = newKey();

  /** Exports four volumes or more, changes them, and checks the last. */
  async function after(change: (paths: readonly string[]) => Promise<unknown>): Promise<Verification> {
    const pair = await key;
    const signing = { active: async () => signerOf(pair), published: async () => [pair] };
    const { paths } = await exportTo({ ...at, sources: { ...at.sources, signing } }, REQUEST, {
      volumeBytes: 400 * KILOBYTE,
    });
    expect(paths.length).toBeGreaterThan(3);
    await change(paths);
    return verifyBundle(paths.at(-1) ?? '', { keys: [pair] });
  }

  test('the key that signed all of it, by the last volume alone', async () => {
    expect(await after(async () => {})).toMatchObject({ faults: [], signature: { state: 'HELD' } });
  });

  test('a volume that is missing, before anything else', async () => {
    const { faults } = await after(async ([, second = '']) => rm(second));
    expect(faults).toEqual([{ path: 'bundle.part2.zip', reason: expect.stringContaining('is not there') as string }]);
  });

  test('two volumes that are swapped', async () => {
    const { faults } = await after(async ([first = '', second = '']) => {
      await rename(first, `${first}.aside`);
      await rename(second, first);
      await rename(`${first}.aside`, second);
    });
    expect(faults).toEqual([
      { path: 'bundle.part1.zip', reason: 'holds what bundle.part2.zip should' },
      { path: 'bundle.part2.zip', reason: 'holds what bundle.part1.zip should' },
    ]);
  });

  test('a volume of which one byte is another', async () => {
    const { faults } = await after(async ([, second = '']) => {
      await using file = await open(second, 'r+');
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 5000);
      await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, 5000);
    });
    expect(faults).toEqual([{ path: 'bundle.part2.zip', reason: 'has another SHA-256 than the manifest says' }]);
  });

  test('a volume that is cut off, and one of another bundle', async () => {
    const { faults } = await after(async ([first = '', second = '']) => {
      await writeFile(first, (await readFile(first)).subarray(0, -10));
      const other = await exportTo(at, { ...REQUEST, scope: 'PORTABILITY' });
      await copyFile(other.paths[0] ?? '', second);
    });
    expect(faults).toEqual([
      { path: 'bundle.part1.zip', reason: expect.stringMatching(/^has \d+ bytes, the manifest says \d+$/) as string },
      { path: 'bundle.part2.zip', reason: expect.stringMatching(/^has \d+ bytes, the manifest says \d+$/) as string },
    ]);
  });

  test('the file to give instead of another volume', async () => {
    const { paths, folder } = await exportTo(at, REQUEST, { volumeBytes: 400 * KILOBYTE });
    const last = paths.at(-1) ?? '';
    expect(await refusalOf(paths[0])).toContain(
      `it is the volume 1 of a bundle. Give the last one, which holds the manifest: ${last}`,
    );
    await rm(last);
    await rm(paths.at(-2) ?? '');
    expect(await refusalOf(join(folder, `bundle.part${paths.length - 2}.zip`))).toContain('is not in its folder');
  });

  async function refusalOf(path = ''): Promise<string> {
    return verifyBundle(path).then(
      () => '',
      (error: unknown) => (isCarryallError(error, 'BAD_INPUT') ? error.message : String(error)),
    );
  }
});

test('volumes that are sealed are checked through their seal, and none is readable without it', async () => {
  const { recipient, identity } = await newPair();
  const sealing = { kind: 'RECIPIENTS', recipients: [recipient] } as const;
  const volumeBytes = 700 * KILOBYTE;
  const { paths, folder } = await exportTo(at, REQUEST, { volumeBytes, seal: sealTo(sealing) }, 'ann.zip.age');
  expect(paths.length).toBeGreaterThan(2);
  expect((await readdir(folder)).toSorted()).toEqual(paths.map((_, index) => `ann.part${index + 1}.zip.age`));
  for (const path of paths) {
    expect((await stat(path)).size).toBeLessThanOrEqual(volumeBytes);
    expect((await readFile(path)).toString('latin1', 0, 21)).toBe('age-encryption.org/v1');
  }
  const unsealKey = { kind: 'IDENTITIES', identities: [identity] } as const;
  const [first = ''] = paths;
  const last = paths.at(-1) ?? '';
  expect((await verifyBundle(last, { unsealKey })).faults).toEqual([]);
  await expect(verifyBundle(last)).rejects.toMatchObject({ message: expect.stringContaining('is sealed') as string });
  await expect(verifyBundle(first, { unsealKey })).rejects.toMatchObject({
    message: expect.stringContaining(last) as string,
  });
  await copyFile(paths[1] ?? '', first);
  expect((await verifyBundle(last, { unsealKey })).faults).toEqual([
    { path: 'ann.part1.zip', reason: 'holds what ann.part2.zip should' },
  ]);
  await copyFile(last, first);
  expect((await verifyBundle(last, { unsealKey })).faults).toHaveLength(1);
  await writeFile(first, 'nothing sealed');
  expect((await verifyBundle(last, { unsealKey })).faults).toMatchObject([
    { path: 'ann.part1.zip', reason: expect.stringContaining('is not sealed') as string },
  ]);
});

test('a manifest cannot send a check to files elsewhere', async () => {
  const { readManifest } = await import('../../src/bundle/read-manifest.ts');
  const { paths } = await exportTo(at, REQUEST, { volumeBytes: 400 * KILOBYTE });
  const manifest = await manifestIn(paths.at(-1));
  const write = (names: readonly string[], volume = 1): Buffer => {
    const volumes = manifest.volumes.map((each, index) => ({ ...each, name: names[index] ?? each.name }));
    const files = manifest.files.map((file, index) => (index === 0 ? { ...file, volume } : file));
    return Buffer.from(`${JSON.stringify({ ...manifest, files, volumes }, null, 2)}\n`);
  };
  expect(readManifest(write([]), 'ZIP').faults).toEqual([]);
  for (const name of ['../bundle.part1.zip', '/etc/bundle.part1.zip', 'a\\b.part1.zip', 'bundle.zip', 'x\n.part1.zip'])
    expect(() => readManifest(write([name]), 'ZIP'), name).toThrow('manifest.json is not whole');
  expect(readManifest(write(['other.part1.zip']), 'ZIP').faults).toHaveLength(1);
  expect(readManifest(write(['bundle.part2.zip', 'bundle.part1.zip']), 'ZIP').faults).toHaveLength(1);
  expect(readManifest(write([], 99), 'ZIP').faults).toHaveLength(1);
});
