import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseExactly } from '../../src/bundle/json-exact.ts';
import { addPerson, FORMATS, openExporter, owned, type Exporter } from './exporter.ts';
import { unpack, type Unpacked } from './unpack.ts';

/** All that a text may hold in PostgreSQL, which takes neither NUL nor half of a surrogate pair. */
const TEXT = `${String.fromCharCode(...Array.from({ length: 127 }, (_, index) => index + 1))}\u2028\u2029\u00e9\u20ac\u{1f600}\ufeff\uffff\\N \\u0000 "`;
const LONG = `${'l\u00e4nger '.repeat(142_857)}.`;
const SCORES = [Number.NaN, Infinity, -Infinity, -0, 1e300, 5e-324, 0.1] as const;
let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  await addPerson(at.prisma, 'cp', 'ann', { fullName: TEXT });
  const started = { startedAt: new Date('2026-11-01T10:00:00Z') };
  await at.prisma.callRecord.create({ data: { ...owned('cp', 'ann', 'call'), ...started } });
  for (const [index, leadScore] of SCORES.entries())
    await at.prisma.callAnalysis.create({
      data: { ...owned('cp', 'ann', `score-${index}`), callId: 'call', leadScore },
    });
  // Its driver would write 0.
  await at.pool.query("UPDATE call_analysis SET lead_score = '-0' WHERE id = $1", [
    `score-${SCORES.findIndex((score) => Object.is(score, -0))}`,
  ]);
  const tree = String.raw`{"big": 123456789012345678901234567890.123, "exp": 1e300, "text": "\u2028\ud83d\ude00\u0001\\", "deep": [[[{}]]], "null": null}`;
  await at.pool.query("UPDATE call_analysis SET analysis = $1::jsonb WHERE id = 'score-0'", [tree]);
  await at.prisma.message.create({
    data: {
      ...owned('cp', 'ann', 'message'),
      channel: 'EMAIL',
      authorKind: 'SUBJECT',
      body: LONG,
      sentAt: started.startedAt,
    },
  });
  // More than a double holds, and microseconds.
  await at.pool.query(
    `INSERT INTO message_attachment (tenant_id, id, subject_id, source_system, message_id, author_kind, file_name, content_type, bytes)
     VALUES ('cp', 'big', 'ann', 'test', 'message', 'SUBJECT', 'a.bin', 'x/y', 9223372036854775807), ('cp', 'low', 'ann', 'test', 'message', 'SUBJECT', 'a.bin', 'x/y', -9007199254740993)`,
  );
  await at.pool.query("UPDATE message SET sent_at = '2026-11-01 10:00:00.000001+00' WHERE id = 'message'");
  await at.pool.query("UPDATE call_record SET started_at = '2026-03-29 01:30:00+00' WHERE id = 'call'");
});

afterAll(() => at[Symbol.asyncDispose]());

/** The text of a row, as it stands in the bundle. */
function lineOf({ entries }: Unpacked, id: string): string {
  for (const content of entries.values()) {
    const line = content
      .toString('utf8')
      .split('\n')
      .find((each) => each.startsWith('{"subjectId":') && each.includes(`"id":"${id}"`));
    if (line !== undefined) return line.replace(/,$/, '');
  }
  throw new Error(`no row ${id}`);
}

describe.each(FORMATS)('Z-27: what is in the store is in a %s', (format) => {
  test('texts, with every character that there can be, and of a million characters', async () => {
    const { data } = await at.export('cp', 'ann', 'ACCESS', format);
    expect(data.get('account')?.[0]?.['fullName']).toBe(TEXT);
    expect(data.get('messages')?.[0]?.['body']).toBe(LONG);
    expect(LONG.length).toBe(1_000_000);
  });

  test('whole numbers beyond 2^53, digit by digit', async () => {
    const bundle = await at.export('cp', 'ann', 'ACCESS', format);
    expect(lineOf(bundle, 'big')).toContain('"bytes":9223372036854775807');
    expect(lineOf(bundle, 'low')).toContain('"bytes":-9007199254740993');
    expect(JSON.stringify(parseExactly(lineOf(bundle, 'low')))).toContain('-9007199254740993');
  });

  test('numbers that JSON has no word for, as texts; the others as they are', async () => {
    const bundle = await at.export('cp', 'ann', 'ACCESS', format);
    const scores = SCORES.map(
      (_, index) => (JSON.parse(lineOf(bundle, `score-${index}`)) as { leadScore: unknown }).leadScore,
    );
    expect(scores).toEqual(['NaN', 'Infinity', '-Infinity', -0, 1e300, 5e-324, 0.1]);
  });

  test('trees of JSON, whatever numbers and texts are in them', async () => {
    const bundle = await at.export('cp', 'ann', 'ACCESS', format);
    const line = lineOf(bundle, 'score-0');
    expect(line).toContain('123456789012345678901234567890.123');
    expect((JSON.parse(line) as { analysis: unknown }).analysis).toEqual({
      big: Number('123456789012345678901234567890.123'),
      exp: 1e300,
      text: '\u2028\u{1f600}\u0001\\',
      deep: [[[{}]]],
      null: null,
    });
  });

  test('instants to the microsecond, in UTC', async () => {
    const bundle = await at.export('cp', 'ann', 'ACCESS', format);
    expect(lineOf(bundle, 'message')).toContain('"sentAt":"2026-11-01T10:00:00.000001+00:00"');
    expect(lineOf(bundle, 'call')).toContain('"startedAt":"2026-03-29T01:30:00+00:00"');
  });

  test('and every JSON of it is read by a strict parser', async () => {
    const { bytes } = await at.export('cp', 'ann', 'ACCESS', format);
    for (const [path, content] of (await unpack(bytes, format)).entries) {
      const text = content.toString('utf8');
      expect(Buffer.from(text).equals(content), path).toBe(true);
      if (path.endsWith('.json')) expect(() => JSON.parse(text) as unknown, path).not.toThrow();
      if (path.endsWith('.ndjson'))
        for (const line of text.split('\n').filter(Boolean))
          expect(() => JSON.parse(line) as unknown, path).not.toThrow();
    }
  });
});
