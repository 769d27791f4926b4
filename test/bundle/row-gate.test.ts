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

  test('passes rows without anything suspicious as PostgreSQL would write them in JSON', async () => {
    const cells = [SUBJECT, 'caf\u00e9 "x"\\\\', '2026-11-22 10:00:00.123456+00', '900719925474', 't', '\\N'].join(
      '\t',
    );
    const text = `{"subjectId":"${SUBJECT}","body":"caf\u00e9 \\"x\\"\\\\","at":"2026-11-22T10:00:00.123456+00:00","amount":900719925474,"flag":true,"phone":null}\n`;
    const passed = await pass([Buffer.from(`${cells}\n`)], ['body', 'at', 'amount', 'flag', 'phone']);
    expect(passed).toEqual({ text, rows: 1, redactions: {} });
  });

  test('keeps numbers that no double can hold in a row that it rewrites', async () => {
    const cells = [SUBJECT, '9007199254740993', '4242424242424242', '{"ratio": 1.10}'].join('\t');
    const { text } = await pass([Buffer.from(`${cells}\n`)], ['amount', 'body', 'tree']);
    expect(text).toContain('"amount":9007199254740993');
    expect(text).toContain('"ratio":1.10');
    expect(text).not.toContain('4242');
  });

  test.each([0, 2])('fails when a row has %i cells more or fewer than were asked for', async (cells) => {
    const row = [SUBJECT, ...Array.from({ length: cells }, () => 'x')].join('\t');
    const passed = pass([Buffer.from(`${row}\n`)], ['body']);
    await expect(passed).rejects.toMatchObject({ code: 'BUNDLE_FAILED' });
  });

  test.each([
    ['another person', 'sub_ffffffffffffffff'],
    ['a person whose id begins like the own', `${SUBJECT}0`],
    ['a person with a short id', 'x'],
    ['nobody', null],
  ])('fails with FOREIGN_ROW at a row of %s', async (_whose, owner) => {
    const mine = line({ body: 'mine' });
    await expect(pass([Buffer.from(mine + line({ body: 'theirs' }, owner) + mine)], ['body'])).rejects.toMatchObject({
      code: 'FOREIGN_ROW',
    });
  });

  test('fails with FOREIGN_ROW at a row that is shorter than its own beginning', async () => {
    await expect(pass([Buffer.from(line({}, 'x'))], [])).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
  });

  test.each([
    ['in the database', 'x', 17],
    // One byte there, six in JSON.
    ['in JSON', '\x01', 3],
  ])(
    'X-32: fails at a row that is too long %s, and keeps no more of it than that',
    async (_where, letter, megabytes) => {
      const chunk = Buffer.alloc(1024 * 1024, letter);
      const row = [Buffer.from(`${SUBJECT}\t`), ...Array.from({ length: megabytes }, () => chunk), Buffer.from('\n')];
      await expect(pass(row, ['body'])).rejects.toMatchObject({ code: 'BUNDLE_TOO_LARGE' });
    },
  );

  test('fails when the rows end in the middle of a line', async () => {
    await expect(pass([Buffer.from(line({ body: 'x' }).slice(0, -1))], ['body'])).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
    });
  });
});
