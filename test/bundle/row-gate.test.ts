import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { line, pass, SUBJECT } from './pass-gate.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('€\u2028x', '"\\\n', '$2 off', 'ghost_live', 'B', '+31612345678'),
);

describe('a gate', () => {
  test('gives the same bytes however they are cut into chunks', async () => {
    const rows = fc.array(
      fc.record({ body: anyText, tree: fc.jsonValue(), phone: fc.constantFrom('+31612345678', null) }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.array(fc.nat()), async (found, cuts) => {
        const bytes = Buffer.from(found.map((row) => line(row)).join(''));
        const at = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].toSorted((a, b) => a - b);
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const whole = await pass([bytes], ['body', 'tree', 'phone']);
        expect(await pass(chunks, ['body', 'tree', 'phone'])).toEqual(whole);
        expect(whole.rows).toBe(found.length);
      }),
    );
  });

  test('passes rows without anything suspicious as the bytes they came as', async () => {
    // Spellings that a parser would change: spaces in trees, trailing zeros, escapes.
    const text = `{"subjectId":"${SUBJECT}","body":"\\u00e9 caf\\u00e9","tree":{"a": 1.50, "b": [1, 2]},"big":900719925474,"at":"2026-11-22T10:00:00.123456+00:00"}\n`;
    expect(await pass([Buffer.from(text)])).toEqual({ text, rows: 1, redactions: {} });
  });

  test('keeps numbers that no double can hold in a row that it rewrites', async () => {
    const text = `{"subjectId":"${SUBJECT}","amount":9007199254740993,"body":"4242424242424242","ratio":1.10}\n`;
    const { text: out } = await pass([Buffer.from(text)]);
    expect(out).toContain('"amount":9007199254740993');
    expect(out).toContain('"ratio":1.10');
    expect(out).not.toContain('4242');
  });

  test.each([
    ['another person', 'sub_ffffffffffffffff'],
    ['a person whose id begins like the own', `${SUBJECT}0`],
    ['a person with a short id', 'x'],
    ['nobody', null],
  ])('fails with FOREIGN_ROW at a row of %s', async (_whose, owner) => {
    const mine = line({ body: 'mine' });
    await expect(pass([Buffer.from(mine + line({ body: 'theirs' }, owner) + mine)])).rejects.toMatchObject({
      code: 'FOREIGN_ROW',
    });
  });

  test('fails with FOREIGN_ROW at a row that is shorter than its own beginning', async () => {
    await expect(pass([Buffer.from(line({}, 'x'))])).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
  });

  test('fails when the rows end in the middle of a line', async () => {
    await expect(pass([Buffer.from(line({ body: 'x' }).slice(0, -1))])).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
    });
  });
});
