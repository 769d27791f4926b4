import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportBundle } from '../../src/bundle/export-file.ts';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import type { RandomAccess } from '../../src/bundle/random-access.ts';
import { fileCounter } from '../../src/bundle/receive/entry-count.ts';
import { isCarryallError } from '../../src/errors.ts';
import { addPerson, owned } from '../bundle/exporter.ts';
import { unpack } from '../bundle/unpack.ts';
import { newPair } from '../seal/streams.ts';
import { archiveOfMany } from './hostile-archives.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { receiveBundle, type ReceiveOptions } from '../../src/bundle/receive/receive-bundle.ts';

const REQUEST = { tenantId: 'cr', subjectId: 'ann', scope: 'PORTABILITY', format: 'ZIP' } as const;
const VOLUME_BYTES = 700_000;
const sealing = await newPair();
let at: Receiver;

beforeAll(async () => {
  at = await openReceiver();
  await addPerson(at.prisma, 'cr', 'ann', { firstName: 'Ann' });
  await at.prisma.subjectIdentifier.create({
    data: { ...owned('cr', 'ann', 'mail'), kind: 'EMAIL', value: 'ann@example.fr' },
  });
  for (const index of [1, 2, 3, 4, 5]) {
    const { key, bytes, sha256 } = await at.sources.blobs.put('cr', Readable.from([randomBytes(200_000)]));
    const stored = { blobKey: key, bytes, sha256, fileName: 'a.pdf', contentType: 'application/pdf' };
    const document = { kind: 'OTHER', submittedAt: new Date('2026-01-01T00:00:00Z') } as const;
    await at.prisma.legalDocument.create({ data: { ...owned('cr', 'ann', `doc-${index}`), ...document, ...stored } });
  }
  for (const tenant of ['whole', 'sealed', 'broken']) await at.addTenant(tenant, 'CR');
});

afterAll(() => at[Symbol.asyncDispose]());

async function inVolumes(
  options: Parameters<typeof exportBundle>[3] = {},
  name = 'ann.zip',
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(at.folder, 'volumes-'));
  const { paths } = await exportBundle(at.sources, REQUEST, join(folder, name), {
    volumeBytes: VOLUME_BYTES,
    ...options,
  });
  expect(paths.length).toBeGreaterThan(1);
  return paths;
}

const take = (tenant: string, file: string, more: Partial<ReceiveOptions> = {}) =>
  receiveBundle({
    ...at.sources,
    tenant,
    file,
    trust: at.trust,
    volumePath: (name) => join(dirname(file), name),
    ...more,
  });

async function refusal(file: string, more: Partial<ReceiveOptions> = {}): Promise<string> {
  const before = await at.everything();
  const error = await take('broken', file, more).catch((failure: unknown) => failure);
  expect(await at.everything()).toEqual(before);
  return isCarryallError(error, 'BAD_INPUT') ? error.message : String(error);
}

test('a bundle in volumes is taken in by its last, files and all, and the same comes out again', async () => {
  const paths = await inVolumes();
  const report = await take('whole', paths.at(-1) ?? '');
  expect(report).toMatchObject({ subjectId: 'ann', kid: at.key.kid, files: 5 });
  const sent = await unpack(await at.bundle('cr', 'ann', 'PORTABILITY', 'ZIP'), 'ZIP');
  const again = await unpack(await at.bundle('whole', 'ann', 'PORTABILITY', 'ZIP'), 'ZIP');
  const filesOf = ({ entries }: typeof sent) => [...entries].filter(([path]) => path.startsWith('files/'));
  expect(filesOf(sent)).toHaveLength(5);
  expect(filesOf(again)).toEqual(filesOf(sent));
});

test('sealed volumes are taken in with their key', async () => {
  const paths = await inVolumes({ seal: sealTo(sealing.sealing) }, 'ann.zip.age');
  expect(await take('sealed', paths.at(-1) ?? '', { unsealKey: sealing.key })).toMatchObject({ files: 5 });
});

test('X-34: volumes that are missing, swapped or another’s are refused by their names, and nothing is written', async () => {
  const paths = await inVolumes();
  const [first = '', second = ''] = paths;
  const last = paths.at(-1) ?? '';
  const aside = join(dirname(first), 'aside');
  await rename(first, aside);
  expect(await refusal(last)).toMatch(/ann\.part1\.zip: is not there/);
  await copyFile(second, first);
  expect(await refusal(last)).toMatch(/ann\.part1\.zip: (?:has \d+ bytes|holds what ann\.part2\.zip should)/);
  await rm(first);
  await rename(aside, first);
  expect(await refusal(first)).toContain(`Give the last one, which holds the manifest: ${last}`);
  expect(await refusal(last, { trust: { kind: 'KEYS', keys: [] } })).toMatch(/first at manifest\.jws/);
  // Who names no place for volumes has none looked for.
  expect(await refusal(last, { volumePath: undefined })).toContain('is one of several volumes');
});

test('X-34: volumes that each hold as many files as one bundle may are refused together, before a directory is read', async () => {
  const bytes = archiveOfMany(150_000);
  const archive: RandomAccess = {
    size: bytes.length,
    read: async (place, length) => {
      expect(length).toBeLessThan(200);
      return bytes.subarray(place, place + length);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const count = fileCounter();
  await count('ann.part1.zip', archive);
  await expect(count('ann.part2.zip', archive)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    message: expect.stringContaining('up to 250000 are taken in') as string,
  });
});
