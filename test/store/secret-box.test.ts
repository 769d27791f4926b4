import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSecretBox } from '../../src/store/secret-box.ts';

const box = openSecretBox(Buffer.alloc(32, 1), 'test');
const PLACE = ['table', 'tenant', 'id'];
const refused = expect.objectContaining({ code: 'KEYS_INVALID' }) as Error;

test('what is sealed opens with the same key, for the same use and place, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), (secret, place) => {
      expect(box.open(box.seal(secret, place), place)).toBe(secret);
    }),
  );
});

test('with another key, for another use, in another row or column, it does not open', () => {
  const sealed = box.seal('12345678', PLACE);
  expect(() => openSecretBox(Buffer.alloc(32, 2), 'test').open(sealed, PLACE)).toThrow(refused);
  expect(() => openSecretBox(Buffer.alloc(32, 1), 'other').open(sealed, PLACE)).toThrow(refused);
  expect(() => box.open(sealed, ['table', 'tenant', 'other'])).toThrow(refused);
  expect(() => box.open(sealed, ['table', 'tenan', 'tid'])).toThrow(refused);
});

test('changed in any byte, or cut short, it does not open', () => {
  const sealed = box.seal('12345678', PLACE);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => box.open(changed, PLACE), `byte ${at}`).toThrow(refused);
    expect(() => box.open(sealed.subarray(0, at), PLACE), `first ${at}`).toThrow(refused);
  }
});

test('the same secret is never sealed alike', () => {
  const sealed = Array.from({ length: 100 }, () => box.seal('12345678', PLACE).toString('hex'));
  expect(new Set(sealed).size).toBe(100);
});
