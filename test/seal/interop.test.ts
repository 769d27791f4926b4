import { hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Sealing } from '../../src/bundle/seal/recipients.ts';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import type { UnsealKey } from '../../src/bundle/seal/seal-mark.ts';
import { unseal } from '../../src/bundle/seal/unseal.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { age, ageAtTerminal } from './age-program.ts';
import { newPair, outcomeOf, pieces, uneven } from './streams.ts';

const CHUNK = 64 * 1024;
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 5 * CHUNK + 77];
const PASSPHRASE = 'salt and pepper, well mixed';

const folder = openTemporaryFolder(0o700);
afterAll(() => folder[Symbol.dispose]());
const at = (name: string): string => join(folder.path, name);

const ann = await newPair();
const ben = await newPair();
await writeFile(at('ben.key'), `# of Ben\n${ben.identity}\n`, { mode: 0o600 });

async function sealInto(name: string, plain: Buffer, sealing: Sealing): Promise<string> {
  await pipeline(pieces(plain, 10_000), sealTo(sealing)(createWriteStream(at(name))));
  return at(name);
}

async function unsealed(path: string, key: UnsealKey): Promise<string> {
  const { bytes, error } = await outcomeOf(unseal(createReadStream(path), key));
  expect(error).toBeNull();
  return hash('sha256', bytes);
}

describe.each(SIZES)('Z-20: a file of %d bytes', (size) => {
  const plain = uneven(size);
  const sha256 = hash('sha256', plain);

  test('that Carryall seals for two is opened by the age program with the key of one', async () => {
    const sealing = { kind: 'RECIPIENTS', recipients: [ann.recipient, ben.recipient] } as const;
    const sealed = await sealInto(`${size}.age`, plain, sealing);
    expect(hash('sha256', await age('--decrypt', '--identity', at('ben.key'), sealed))).toBe(sha256);
  });

  test('that the age program encrypts for two is opened with the key of one', async () => {
    await writeFile(at(`${size}.in`), plain);
    const output = ['--output', at(`${size}.theirs.age`)];
    await age('--encrypt', '--recipient', ben.recipient, '--recipient', ann.recipient, ...output, at(`${size}.in`));
    expect(await unsealed(at(`${size}.theirs.age`), ann.key)).toBe(sha256);
  });
});

describe('Z-20: a passphrase', () => {
  const plain = uneven(3 * CHUNK);
  const sha256 = hash('sha256', plain);

  test('that Carryall seals with opens in the age program, and costs as much to guess as there', async () => {
    const sealed = await sealInto('passphrase.age', plain, { kind: 'PASSPHRASE', passphrase: PASSPHRASE });
    expect((await readFile(sealed, 'latin1')).split('\n')[1]).toMatch(/^-> scrypt [\w+/]{22} 18$/);
    await ageAtTerminal(PASSPHRASE, '--decrypt', '--output', at('passphrase.out'), sealed);
    expect(hash('sha256', await readFile(at('passphrase.out')))).toBe(sha256);
  });

  test('that the age program encrypts with opens here', async () => {
    await writeFile(at('passphrase.in'), plain);
    await ageAtTerminal(PASSPHRASE, '--passphrase', '--output', at('theirs.age'), at('passphrase.in'));
    expect(await unsealed(at('theirs.age'), { kind: 'PASSPHRASE', passphrase: PASSPHRASE })).toBe(sha256);
  });
});

test('Z-20: what Carryall seals is not opened by the age program once it was changed', async () => {
  const sealed = await sealInto('changed.age', uneven(2 * CHUNK), ben.sealing);
  const bytes = await readFile(sealed);
  bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
  await writeFile(sealed, bytes);
  await expect(age('--decrypt', '--identity', at('ben.key'), sealed)).rejects.toThrow();
});
