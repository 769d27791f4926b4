import { createHash } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportBundle } from '../../src/bundle/export-file.ts';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { openSignedBundles, type SignedBundles } from '../signing/signed-bundles.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { newPair } from './streams.ts';

const ann = await newPair();
const ben = await newPair();
const folder = openTemporaryFolder(0o700);
let bundles: SignedBundles;

beforeAll(async () => {
  bundles = await openSignedBundles();
});

afterAll(async () => {
  await bundles[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const keys = () => ({ keys: [bundles.key] });
const request = { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS' } as const;

describe.each(['ZIP', 'JSON'] as const)('a sealed bundle as %s', (format) => {
  const path = join(folder.path, `${format}.age`);

  beforeAll(async () => {
    const signing = { active: async () => signerOf(bundles.key), published: async () => [bundles.key] };
    const sources = { ...bundles.at.sources, signing };
    const built = await exportBundle(sources, { ...request, format }, path, { seal: sealTo(ann.sealing) });
    const bytes = await readFile(path);
    expect(built).toMatchObject({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(bytes.includes('ann@example.nl')).toBe(false);
  });

  test('is verified as an open one is, with the key', async () => {
    const checked = await verifyBundle(path, { ...keys(), unsealKey: ann.key });
    expect(checked).toMatchObject({ faults: [], signature: { state: 'HELD' } });
    const open = await bundles.save(format === 'ZIP' ? bundles.zip : bundles.document);
    expect(checked).toEqual(await verifyBundle(open, keys()));
  });

  test('is not verified without its key, or with another', async () => {
    for (const [unsealKey, told] of [
      [undefined, 'is sealed: give'],
      [ben.key, 'sealed for others'],
      [{ kind: 'PASSPHRASE', passphrase: 'five random words' }, 'sealed for recipients'],
    ] as const) {
      await expect(verifyBundle(path, { ...keys(), unsealKey })).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining(told) as string,
      });
    }
  });

  test('Z-19: is not verified when it was cut off', async () => {
    const short = join(folder.path, `short-${format}.age`);
    await writeFile(short, await readFile(path));
    await truncate(short, (await readFile(path)).length - 1);
    await expect(verifyBundle(short, { ...keys(), unsealKey: ann.key })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('changed or cut off') as string,
    });
  });

  test('is not expected where there is none', async () => {
    const open = await bundles.save(format === 'ZIP' ? bundles.zip : bundles.document);
    await expect(verifyBundle(open, { ...keys(), unsealKey: ann.key })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('is not sealed') as string,
    });
  });

  test('that could not be built leaves nothing', async () => {
    const before = await readdir(folder.path);
    const none = { ...request, subjectId: 'nobody', format };
    await expect(
      exportBundle(bundles.at.sources, none, join(folder.path, 'none.age'), { seal: sealTo(ann.sealing) }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await readdir(folder.path)).toEqual(before);
  });
});
