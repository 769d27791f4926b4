import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openSpool } from '../../src/bundle/spool.ts';
import { CHUNK_ROWS, SHOWN_ROWS, ViewerRows } from '../../src/bundle/viewer/rows.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const folder = openTemporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const openOne = () => openSpool(folder.path);

/** Writes lines, cut into chunks of whole lines, and reads the script files back as a browser would. */
async function run(lines: readonly string[], months?: string) {
  await using rows = new ViewerRows({
    rows: lines.length,
    openSpool: openOne,
    ...(months === undefined ? {} : { months }),
  });
  const chunks = Array.from({ length: Math.ceil(lines.length / 700) }, (_, at) =>
    Buffer.from(lines.slice(at * 700, at * 700 + 700).join('')),
  );
  await pipeline(Readable.from(chunks), rows);
  const scripts: { path: string; script: string }[] = [];
  for await (const { path, content } of rows.files('calls')) scripts.push({ path, script: await text(content) });
  const { inline, shown, months: counted } = rows;
  return { inline, shown, months: counted, scripts };
}

function rowsOf(script: string): unknown[] {
  const calls: [string, number, string][] = [];
  runInNewContext(script, { String, carryallRows: (...call: [string, number, string]) => void calls.push(call) });
  expect(calls.length).toBe(1);
  return JSON.parse(`[${calls[0]?.[2].trimEnd().replaceAll('\n', ',')}]`) as unknown[];
}

const line = (row: unknown): string => `${JSON.stringify(row)}\n`;

describe('rows for the page', () => {
  test('stand in the page itself while they are few, and no scratch file is made', async () => {
    const { inline, scripts } = await run([line({ a: 1 }), line({ a: 2 })]);
    expect(JSON.parse(inline ?? '')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(scripts).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('come in files of 5,000, in order and complete', async () => {
    const lines = Array.from({ length: 2 * CHUNK_ROWS + 3 }, (_, n) => line({ n }));
    const { inline, scripts } = await run(lines);
    expect(inline).toBeNull();
    expect(scripts.map(({ path }) => path)).toEqual([1, 2, 3].map((n) => `viewer/data/calls-000${n}.js`));
    expect(scripts.flatMap(({ script }) => rowsOf(script))).toEqual(lines.map((each) => JSON.parse(each) as unknown));
  });

  test('are the last 100,000, while every row counts for its month', async () => {
    const lines = Array.from({ length: SHOWN_ROWS + 1500 }, (_, n) =>
      line({ n, at: `2026-0${n < 2000 ? 1 : 2}-05T00:00:00+00:00`, text: '"at":"1999-01' }),
    );
    const { shown, months, scripts } = await run(lines, 'at');
    expect(shown).toBe(SHOWN_ROWS);
    expect(months).toEqual({ '2026-01': 2000, '2026-02': SHOWN_ROWS - 500 });
    expect(rowsOf(scripts[0]?.script ?? '')[0]).toMatchObject({ n: 1500 });
    expect(scripts.length).toBe(20);
  });

  test('come through whatever their text is, and can end no script', async () => {
    const filler = Array.from({ length: 400 }, () => line({ text: 'x'.repeat(200) }));
    const hostile = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '</script><img src=x onerror=alert(1)>',
        '<!--',
        '`${alert(1)}`',
        '\\`',
        '$',
        '\u2028\u2029',
        '\\u0060',
        '😀',
        'שלום',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ text: hostile, tree: fc.jsonValue() }), { minLength: 1, maxLength: 8 }),
        async (rows) => {
          const { scripts } = await run([...filler, ...rows.map(line)]);
          const script = scripts.map((each) => each.script).join('');
          expect(script).not.toMatch(/<|\u2028|\u2029/);
          expect(rowsOf(script).slice(400)).toEqual(JSON.parse(JSON.stringify(rows)));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are kept before the bytes that they came in are used again', async () => {
    const texts = ['a', 'b', 'c', 'd'].map((text) => text.repeat(100_000));
    await using rows = new ViewerRows({ rows: texts.length, openSpool: openOne });
    for (const each of texts) {
      const bytes = Buffer.from(line({ text: each }));
      await new Promise((resolve) => rows.write(bytes, resolve));
      bytes.fill('x');
    }
    rows.end();
    await finished(rows);
    const scripts: string[] = [];
    for await (const { content } of rows.files('calls')) scripts.push(await text(content));
    expect(rowsOf(scripts.join(''))).toEqual(texts.map((each) => ({ text: each })));
  });

  test('end with an error when the scratch file cannot be written', async () => {
    await using rows = new ViewerRows({ rows: 2, openSpool: () => Promise.reject(new Error('disk full')) });
    await expect(pipeline(Readable.from([Buffer.from(line({ text: 'x'.repeat(60_000) }))]), rows)).rejects.toThrow(
      'disk full',
    );
  });
});
