import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvEncoder, undoFormulaGuard } from '../../src/bundle/csv.ts';
import { addPerson, openExporter } from './exporter.ts';
import { readRecords, type Cell } from './read-csv.ts';

const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** The CSV of lines of JSON, handed in as these chunks of whole lines. */
function encode(names: readonly string[], chunks: readonly string[]): string {
  const encoder = new CsvEncoder(names);
  return encoder.head + chunks.map((chunk) => encoder.encode(Buffer.from(chunk)).toString('utf8')).join('');
}

function readCsv(csv: string): { readonly header: readonly string[]; readonly rows: readonly (readonly Cell[])[] } {
  const records = readRecords(csv);
  const [header = [], ...rows] = records;
  return { header: header.map(({ text }) => text), rows };
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      '"',
      "'",
      ',',
      '\r',
      '\n',
      '\t',
      '\\',
      '=',
      '+',
      '-',
      '@',
      '＝',
      '＋',
      '－',
      '＠',
      ' ',
      'a',
      '1',
      '\u2028',
      '\u2029',
      '\ufeff',
      '😀',
      'é',
    ),
  }),
);
/** What PostgreSQL may write as a number. */
const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('0.1', '-0.5', '1.50', '3.0', '1e+30', '123456789012345678901234567890.123'),
);
const value = fc.oneof(
  text.map((each) => ({ json: JSON.stringify(each), is: { text: each } as const })),
  number.map((each) => ({ json: each, is: { raw: each } as const })),
  fc.constantFrom('true', 'false').map((each) => ({ json: each, is: { raw: each } as const })),
  fc.constant({ json: 'null', is: null }),
  fc
    .oneof(fc.array(fc.jsonValue()), fc.dictionary(text, fc.jsonValue()))
    .map((each) => ({ json: JSON.stringify(each, null, 1).replaceAll('\n', ''), is: { tree: each } as const })),
);
/** Rows with the same keys, as lines of JSON and as what their cells must say. */
const table = fc
  .uniqueArray(
    text.filter((name) => name !== ''),
    { minLength: 1, maxLength: 6 },
  )
  .chain((names) =>
    fc.record({ names: fc.constant(names), rows: fc.array(fc.tuple(...names.map(() => value)), { maxLength: 8 }) }),
  );

const lineOf = (names: readonly string[], row: readonly { readonly json: string }[]): string =>
  `{${names.map((name, index) => `${JSON.stringify(name)}:${row[index]?.json}`).join(',')}}\n`;

describe('the CSV twin', () => {
  test('Z-23: says what its JSON says, whatever that holds', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.boolean(), async ({ names, rows }, split) => {
        const lines = rows.map((row) => lineOf(names, row));
        const csv = encode(names, split ? lines : [lines.join('')]);
        const read = readCsv(csv);
        expect(read.header.map(undoFormulaGuard)).toEqual(names);
        expect(read.rows).toHaveLength(rows.length);
        for (const [at, row] of rows.entries()) {
          for (const [index, { is }] of row.entries()) {
            const cell = read.rows[at]?.[index];
            if (is === null) expect(cell).toEqual({ text: '', quoted: false });
            else if ('raw' in is) expect(cell?.text).toBe(is.raw);
            else if ('tree' in is) expect(JSON.parse(cell?.text ?? '')).toEqual(JSON.parse(JSON.stringify(is.tree)));
            else if (is.text === '') expect(cell).toEqual({ text: '', quoted: true });
            else expect(undoFormulaGuard(cell?.text ?? '')).toBe(is.text);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('Z-21: never lets a text begin as a formula, in a cell or in the header', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const [[cell] = []] = readCsv(encode(['a'], [lineOf(['a'], [{ json: JSON.stringify(each) }])])).rows;
        expect(cell?.text).not.toMatch(FORMULA);
        expect(readRecords(encode([each], []))[0]?.[0]?.text ?? '').not.toMatch(FORMULA);
      }),
    );
  });

  test('ends every record with CRLF and has a header when there are no rows', async () => {
    expect(encode(['a', 'b,c'], [])).toBe('a,"b,c"\r\n');
    expect(encode(['a', 'b'], ['{"a":1,"b":"x"}\n{"a":null,"b":""}\n'])).toBe('a,b\r\n1,x\r\n,""\r\n');
  });

  test('Z-24: of columns of numbers nothing is guarded, and of columns of text what looks like one', async () => {
    const words = ['-5', '+1', '1e3', '00123', '0'];
    const names = words.map((_, index) => `c${index}`);
    const texts = lineOf(
      names,
      words.map((word) => ({ json: JSON.stringify(word) })),
    );
    // JSON knows neither +1 nor 00123.
    const numbers = '{"c0":-5,"c1":1,"c2":1e3,"c3":123,"c4":-0.5}\n';
    expect(readCsv(encode(names, [texts])).rows[0]?.map(({ text: cell }) => cell)).toEqual([
      "'-5",
      "'+1",
      '1e3',
      '00123',
      '0',
    ]);
    expect(encode(names, [numbers])).toBe('c0,c1,c2,c3,c4\r\n-5,1,1e3,123,-0.5\r\n');
  });

  test('Z-24: what is guarded is told in README.txt, sign by sign, and nothing else is guarded', async () => {
    await using at = await openExporter();
    await addPerson(at.prisma, 'cp', 'ann');
    const readme = (await at.export('cp', 'ann', 'PORTABILITY')).entries.get('README.txt')?.toString() ?? '';
    const [rule = ''] = /A CSV text that begins with .* put in\s+front/s.exec(readme) ?? [];
    const names: Readonly<Record<string, string>> = { '\t': 'a tab', '\r': 'a line end', '\n': 'a line end' };
    for (let code = 1; code < 0x1_0000; code += 1) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const sign = String.fromCharCode(code);
      const [cell] = readCsv(encode(['a'], [lineOf(['a'], [{ json: JSON.stringify(`${sign}x`) }])])).rows[0] ?? [];
      const isGuarded = cell?.text !== `${sign}x`;
      const isTold =
        rule.includes(names[sign] ?? ` ${sign}`) && !/[\s\p{L}\p{N}(]/u.test(names[sign] === undefined ? sign : '');
      expect([code, isGuarded]).toEqual([code, isTold]);
    }
  });

  test('writes numbers that no double can hold as they are', async () => {
    const row = '{"a":-5,"b":"-5","c":9007199254740993,"d":1.50,"e":"\'x"}\n';
    expect(encode(['a', 'b', 'c', 'd', 'e'], [row])).toBe("a,b,c,d,e\r\n-5,'-5,9007199254740993,1.50,''x\r\n");
  });

  test('fails rather than put a value under the wrong name', async () => {
    expect(() => encode(['a', 'b'], ['{"b":1,"a":2}\n'])).toThrow(TypeError);
  });
});
