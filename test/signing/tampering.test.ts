import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { canonicalBytes } from '../../src/bundle/sign/canonical.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { openSignedBundles, readZip, replace, rewrite, type Files, type SignedBundles } from './signed-bundles.ts';

let bundles: SignedBundles;

beforeAll(async () => {
  bundles = await openSignedBundles();
});

afterAll(() => bundles[Symbol.asyncDispose]());

function flipped(bytes: Buffer, at: number, mask = 0xff): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}

async function firstOf(bytes: Buffer): Promise<string> {
  return (await bundles.faultsOf(bytes))[0]?.path ?? 'nothing';
}

test('a bundle that nobody touched holds, and so does one that was taken apart and put together again', async () => {
  expect(await bundles.faultsOf(bundles.zip)).toEqual([]);
  expect(await bundles.faultsOf(bundles.document)).toEqual([]);
  expect(await bundles.faultsOf(await rewrite(bundles.zip, (files) => files))).toEqual([]);
});

test.each(['zip', 'document'] as const)('a flipped byte anywhere in a %s is found', async (kind) => {
  const bytes = bundles[kind];
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (at) => {
      expect((await firstOf(flipped(bytes, at))).length, `byte ${at}`).toBeGreaterThan(3);
      expect(await firstOf(flipped(bytes, at)), `byte ${at}`).not.toBe('nothing');
    }),
    { numRuns: 150 },
  );
});

test('every single bit outside the packed files of an archive is found', async () => {
  const { zip } = bundles;
  const directory = zip.readUInt32LE(zip.length - 6);
  const first = 30 + zip.readUInt16LE(26);
  const end = directory + 46 + zip.readUInt16LE(directory + 28);
  const packed = zip.readUInt32LE(directory + 20);
  const places = [
    range(0, first),
    range(first + packed, first + packed + 16),
    range(directory, end),
    range(zip.length - 22, zip.length),
  ];
  for (const at of places.flat()) {
    for (let bit = 0; bit < 8; bit += 1)
      expect(await firstOf(flipped(zip, at, 1 << bit)), `bit ${bit} of byte ${at}`).not.toBe('nothing');
  }
});

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

test.each(['zip', 'document'] as const)('a %s that is cut, or goes on, is found', async (kind) => {
  const bytes = bundles[kind];
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
      expect(await firstOf(bytes.subarray(0, length)), `${length} bytes`).not.toBe('nothing');
    }),
    { numRuns: 60 },
  );
  for (const more of ['\n', '\0', '{}', 'PK', bytes]) {
    expect(await firstOf(Buffer.concat([bytes, Buffer.from(more)]))).not.toBe('nothing');
    expect(await firstOf(Buffer.concat([Buffer.from(more), bytes]))).not.toBe('nothing');
  }
});

const pathAt = (files: Files, index: number): string => files[index]?.[0] ?? '';

test('a file that was added, dropped, renamed, changed or swapped is named first', async () => {
  const files: Files = [...(await readZip(bundles.zip))];
  const listed = files.slice(0, -2);
  for (const [index, [path, content]] of listed.entries()) {
    const without = files.filter(([name]) => name !== path);
    expect(await firstOf(await rewrite(bundles.zip, () => without)), `without ${path}`).toBe(path);
    const renamed = files.map(([name, bytes]): Files[number] => [name === path ? `${name}.txt` : name, bytes]);
    expect([path, `${path}.txt`], `renamed ${path}`).toContain(
      await firstOf(await rewrite(bundles.zip, () => renamed)),
    );
    // Nobody looked yet, so the access log has no byte to change.
    const changed = await rewrite(
      bundles.zip,
      replace(path, (bytes) => (bytes.length === 0 ? Buffer.from('x') : flipped(bytes, bytes.length >> 1, 1))),
    );
    expect(await firstOf(changed), `changed ${path}`).toBe(path);
    const longer = await rewrite(
      bundles.zip,
      replace(path, (bytes) => Buffer.concat([bytes, Buffer.from('\n')])),
    );
    expect(await firstOf(longer), `longer ${path}`).toBe(path);
    const next = pathAt(files, index + 1);
    const swapped = files.map(([name, bytes]): Files[number] => [
      name === path ? next : name === next ? path : name,
      bytes,
    ]);
    const first = await firstOf(await rewrite(bundles.zip, () => swapped));
    expect(first.includes(path) || first.includes(next), `swapped ${path}: ${first}`).toBe(true);
    const moved = [...without, [path, content] as const];
    expect(await firstOf(await rewrite(bundles.zip, () => moved)), `moved ${path}`).not.toBe('nothing');
  }
  const added = [...files.slice(0, 3), ['data/more.json', Buffer.from('[]')] as const, ...files.slice(3)];
  expect(await firstOf(await rewrite(bundles.zip, () => added))).toBe('data/more.json');
});

test('a manifest that was changed to fit no longer has its signature', async () => {
  const target = 'data/call-records.ndjson';
  const edited = await rewrite(bundles.zip, (files) => {
    const content = Buffer.from(new Map(files).get(target)?.toString().replace('+31612345670', '+31699999999') ?? '');
    const sha256 = createHash('sha256').update(content).digest('hex');
    return replace('manifest.json', (bytes) => {
      const manifest = JSON.parse(bytes.toString()) as { files: { path: string; sha256: string }[] };
      const listed = manifest.files.find(({ path }) => path === target);
      if (listed !== undefined) listed.sha256 = sha256;
      return `${JSON.stringify(manifest, null, 2)}\n`;
    })(replace(target, () => content)(files));
  });
  expect(await bundles.faultsOf(edited)).toEqual([
    { path: 'manifest.jws', reason: expect.stringContaining('signature') as string },
  ]);
  // Whoever does not check the signature is not told: that is what it is for.
  const { faults, signature } = await verifyBundle(await bundles.save(edited));
  expect({ faults, signature }).toEqual({ faults: [], signature: { state: 'UNCHECKED' } });
});

test.each([
  ['spaces', (text: string) => text.replace('": ', '":  ')],
  ['a member twice', (text: string) => text.replace('{\n', '{\n  "scope": "PORTABILITY",\n')],
  ['a number written otherwise', (text: string) => text.replace('"formatVersion": 1,', '"formatVersion": 1.0,')],
  ['an escape', (text: string) => text.replace('"scope"', '"\\u0073cope"')],
])('a manifest with the same meaning and %s is found, though its signature holds', async (_name, change) => {
  const edited = await rewrite(
    bundles.zip,
    replace('manifest.json', (bytes) => change(bytes.toString())),
  );
  expect(await bundles.faultsOf(edited)).toEqual([
    { path: 'manifest.json', reason: expect.stringContaining('written') as string },
  ]);
});

/** What the holder of the key could sign by mistake, or a broken build. */
async function signedAgain(change: (manifest: ManifestParts) => unknown): Promise<Buffer> {
  return rewrite(bundles.zip, async (files) => {
    const manifest = JSON.parse(new Map(files).get('manifest.json')?.toString() ?? '') as ManifestParts;
    change(manifest);
    const jws = await signerOf(bundles.key).sign(canonicalBytes(manifest));
    return replace(
      'manifest.jws',
      () => jws,
    )(replace('manifest.json', () => `${JSON.stringify(manifest, null, 2)}\n`)(files));
  });
}

interface ManifestParts {
  format: string;
  formatVersion: number;
  container: string;
  files: { path: string; rows?: number; sha256: string }[];
  datasets: { name: string; expected: { data: number }; exported: { data: number } }[];
}

test('a signed manifest that contradicts itself or its files is no better', async () => {
  const first = async (change: (manifest: ManifestParts) => unknown): Promise<string> =>
    firstOf(await signedAgain(change));
  const calls = ({ datasets }: ManifestParts) => datasets.find(({ name }) => name === 'call-records') ?? datasets[0];
  expect(await first(() => {})).toBe('nothing');
  expect(await first((manifest) => (calls(manifest)!.exported.data = 2))).toBe('data/call-records');
  expect(await first((manifest) => (calls(manifest)!.exported.data = calls(manifest)!.expected.data = 4))).toBe(
    'data/call-records',
  );
  const rows = (manifest: ManifestParts) => manifest.files.find(({ path }) => path === 'data/call-records.ndjson')!;
  expect(await first((manifest) => (rows(manifest).rows = 4))).toContain('data/call-records');
  expect(await first(({ files }) => files.push(files[0]!))).toBe('manifest.json');
  expect(await first(({ files }) => files.reverse())).not.toBe('nothing');
  expect(await first((manifest) => (manifest.container = 'JSON'))).toBe('manifest.json');
  expect(await first((manifest) => (manifest.formatVersion = 2))).toContain('manifest.json');
  expect(await first((manifest) => (manifest.format = 'x'))).toContain('manifest.json');
  expect(await first(({ files }) => (files[0]!.path = '../../etc/passwd'))).toContain('manifest.json');
  expect(await first((manifest) => delete (manifest as { files?: unknown }).files)).toContain('manifest.json');
});

test('a schema that the manifest does not vouch for is not used', async () => {
  const edited = await rewrite(
    bundles.zip,
    replace('schema/call-records.schema.json', () => '{ "type": "nonsense" }'),
  );
  const faults = await bundles.faultsOf(edited);
  expect(faults.map(({ path }) => path)).toEqual(['schema/call-records.schema.json']);
});
