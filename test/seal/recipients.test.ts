import { pipeline } from 'node:stream/promises';
import { generateHybridIdentity } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { checkSealing, recipientsOf, sealingFaults } from '../../src/bundle/seal/recipients.ts';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import type { UnsealKey } from '../../src/bundle/seal/seal-mark.ts';
import { unseal } from '../../src/bundle/seal/unseal.ts';
import { newPair, openMemory, outcomeOf, seal, slowPieces, uneven } from './streams.ts';

const PASSPHRASE = 'twelve signs';
const ann = await newPair();
const ben = await newPair();
const strong = await newPair(generateHybridIdentity);
// All its bits are zero: what it shares with a sender is known to everybody.
const WEAK = 'age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z';

const open = async (sealed: Buffer, key: UnsealKey) => outcomeOf(unseal(slowPieces(sealed, 1000), key));

describe('whom a file is sealed for', () => {
  test('is each of its recipients, and nobody else', async () => {
    const sealed = await seal(uneven(1000), recipientsOf(`${ann.recipient}, ${ben.recipient}`) ?? ann.sealing);
    for (const { key } of [ann, ben]) expect((await open(sealed, key)).bytes.equals(uneven(1000))).toBe(true);
    expect(await open(sealed, (await newPair()).key)).toMatchObject({
      bytes: Buffer.alloc(0),
      error: { code: 'BAD_INPUT', message: expect.stringContaining('for others') },
    });
  });

  test('may be kept from quantum computers', async () => {
    const sealed = await seal(uneven(1000), strong.sealing);
    expect((await open(sealed, strong.key)).bytes.equals(uneven(1000))).toBe(true);
  });

  test('may be whoever knows a passphrase', async () => {
    const sealed = await seal(uneven(1000), { kind: 'PASSPHRASE', passphrase: PASSPHRASE });
    const opened = await open(sealed, { kind: 'PASSPHRASE', passphrase: PASSPHRASE });
    expect(opened.bytes.equals(uneven(1000))).toBe(true);
    expect((await open(sealed, { kind: 'PASSPHRASE', passphrase: 'another one' })).error).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('another passphrase'),
    });
  });

  test('decides which kind of key is asked for', async () => {
    const byPassphrase = await seal(uneven(9), { kind: 'PASSPHRASE', passphrase: PASSPHRASE });
    const byRecipient = await seal(uneven(9), ann.sealing);
    expect((await open(byPassphrase, ann.key)).error?.message).toContain('sealed with a passphrase');
    expect((await open(byRecipient, { kind: 'PASSPHRASE', passphrase: PASSPHRASE })).error?.message).toContain(
      'give the identity',
    );
  });
});

describe('a list of recipients', () => {
  test('names all its faults at once, and repeats nothing of it', () => {
    const broken = `${ann.recipient.slice(0, -1)}${ann.recipient.endsWith('q') ? 'p' : 'q'}`;
    const list = [ann.recipient, ann.identity, broken, 'ssh-ed25519 AAAA', '', ann.recipient.toUpperCase()].join(',');
    const faults = sealingFaults(recipientsOf(list) ?? ann.sealing, 'CARRYALL_SEAL_TO');
    expect(faults).toEqual([
      { path: 'CARRYALL_SEAL_TO', reason: expect.stringContaining('recipient 2 is a secret identity') },
      ...[3, 4, 5, 6].map((n) => ({
        path: 'CARRYALL_SEAL_TO',
        reason: expect.stringContaining(`recipient ${n} is not a recipient of age`),
      })),
    ]);
    const told = JSON.stringify(faults);
    for (const each of list.split(',').filter((text) => text !== '')) expect(told).not.toContain(each);
  });

  test('that mixes post-quantum keys with others is refused', () => {
    const mixed = recipientsOf(`${strong.recipient},${ann.recipient}`) ?? ann.sealing;
    expect(sealingFaults(mixed, 'it')).toEqual([{ path: 'it', reason: expect.stringContaining('post-quantum') }]);
  });

  test('that is empty or far too long is refused', () => {
    expect(sealingFaults({ kind: 'RECIPIENTS', recipients: [] }, 'it')).toHaveLength(1);
    const many = { kind: 'RECIPIENTS', recipients: Array.from({ length: 101 }, () => ann.recipient) } as const;
    expect(sealingFaults(many, 'it')).toHaveLength(1);
  });

  test.each([undefined, '', ' '])('that is not set (%j) is none', (text) => {
    expect(recipientsOf(text)).toBeUndefined();
  });

  test('is checked before a seal is made', () => {
    expect(() => sealTo({ kind: 'RECIPIENTS', recipients: ['age1', 'age2'] })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', faults: [expect.anything(), expect.anything()] }),
    );
  });

  test('with a weak key breaks before anything is written', async () => {
    const memory = openMemory();
    const sealing = { kind: 'RECIPIENTS', recipients: [WEAK] } as const;
    await expect(pipeline([uneven(10)], sealTo(sealing)(memory.destination))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('weak'),
    });
    expect(memory.bytes()).toHaveLength(0);
  });
});

describe('a passphrase', () => {
  test('of fewer than twelve characters is refused, with the reason and the way out', () => {
    const faults = sealingFaults({ kind: 'PASSPHRASE', passphrase: 'eleven sign' }, 'file');
    expect(faults).toEqual([{ path: 'file', reason: expect.stringMatching(/12 characters.*guess.*random words/) }]);
    // Counted as people count, not in units of UTF-16.
    expect(sealingFaults({ kind: 'PASSPHRASE', passphrase: '🦊🦊🦊🦊🦊🦊' }, 'file')).toHaveLength(1);
  });

  test('of twelve is taken', () => {
    const sealing = { kind: 'PASSPHRASE', passphrase: PASSPHRASE } as const;
    expect(checkSealing(sealing, 'file')).toBe(sealing);
  });
});
