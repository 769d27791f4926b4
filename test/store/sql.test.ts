import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { toCopyText } from '../../src/store/literal.ts';
import { sql } from '../../src/store/sql.ts';
import { openEmptyDatabase } from '../support/database.ts';

let database: Database;
beforeAll(async () => void (database = await openEmptyDatabase()));
afterAll(() => database.close());

const refused = expect.objectContaining({ name: 'CarryallError', code: 'BAD_INPUT' });

async function oneValue(text: string, values: readonly unknown[] = []): Promise<unknown> {
  const { rows } = await database.pool.query<{ it: unknown }>(text, [...values]);
  return rows[0]?.it;
}

test('values become parameters and fragments keep theirs in order', () => {
  const condition = sql`a = ${1} AND b = ${'two'}`;
  const statement = sql`SELECT ${sql.identifier('x')} FROM t WHERE ${condition} OR c IN (${sql.join([sql`${3}`, sql`${4}`])}) ${sql.empty}LIMIT ${5}`;
  expect(statement.text).toBe('SELECT "x" FROM t WHERE a = $1 AND b = $2 OR c IN ($3, $4) LIMIT $5');
  expect(statement.values).toEqual([1, 'two', 3, 4, 5]);
});

test('joining nothing gives an empty fragment, and a separator of one’s own is used', () => {
  expect(sql.join([]).text).toBe('');
  expect(sql.join([sql`a`, sql`b`], sql` AND `).text).toBe('a AND b');
});

test('an object in the shape of a fragment is a value, not SQL', () => {
  const forged = { strings: ['; DROP TABLE tenant'], values: [] } as unknown as string;
  expect(sql`SELECT ${forged}`.text).toBe('SELECT $1');
});

test('a name is quoted so that PostgreSQL reads it back, whatever is in it', async () => {
  const name = fc.string({ minLength: 1, maxLength: 15, unit: 'binary' }).filter((each) => !each.includes('\0'));
  await fc.assert(
    fc.asyncProperty(name, async (each) => {
      const { fields } = await database.pool.query(sql`SELECT 1 AS ${sql.identifier(each)}`.text);
      expect(fields[0]?.name).toBe(each);
    }),
    { numRuns: 200 },
  );
});

test('a qualified name is quoted part by part', () => {
  expect(sql.identifier('public', 'a"b').text).toBe('"public"."a""b"');
});

test('an empty name is refused', () => {
  expect(() => sql.identifier('')).toThrow(refused);
});

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom("'", '"', '\\', '$1', '--', '/*', '\n', '\r', ';', 'E', '\u0001', '😀'))
    .map((all) => all.join('')),
);

test('text written into a COPY comes back unchanged', async () => {
  const text = nasty.filter((each) => !each.includes('\0'));
  await fc.assert(
    fc.asyncProperty(text, async (each) => {
      expect(await oneValue(toCopyText(sql`SELECT ${each} AS it`))).toBe(each);
    }),
    { numRuns: 500 },
  );
});

test('text written into a COPY comes back unchanged where backslashes escape in every string', async () => {
  const client = await database.pool.connect();
  try {
    await client.query('SET standard_conforming_strings = off');
    await fc.assert(
      fc.asyncProperty(
        nasty.filter((each) => !each.includes('\0')),
        async (each) => {
          const { rows } = await client.query<{ it: string }>(toCopyText(sql`SELECT ${each} AS it`));
          expect(rows[0]?.it).toBe(each);
        },
      ),
      { numRuns: 200 },
    );
  } finally {
    client.release(true);
  }
});

test('lists of text written into a COPY come back unchanged', async () => {
  const list = fc.array(nasty.filter((each) => !each.includes('\0')));
  await fc.assert(
    fc.asyncProperty(list, async (each) => {
      expect(await oneValue(toCopyText(sql`SELECT ${each} AS it`))).toEqual(each);
    }),
    { numRuns: 200 },
  );
});

test('numbers written into a COPY keep their value and never begin a comment', async () => {
  const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  await fc.assert(
    fc.asyncProperty(number, async (each) => {
      expect(await oneValue(toCopyText(sql`SELECT 0::float8 -${each} AS it`))).toBeCloseTo(-each, 5);
      expect(await oneValue(toCopyText(sql`SELECT ${each}::float8 AS it`))).toBe(each === 0 ? 0 : each);
    }),
    { numRuns: 200 },
  );
});

test('dates written into a COPY keep their instant over the whole range that PostgreSQL has', async () => {
  const date = fc.date({ min: new Date('-004700-01-01T00:00:00Z'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(date, async (each) => {
      const text = toCopyText(sql`SELECT (extract(epoch FROM ${each}) * 1000)::bigint AS it`);
      expect(await oneValue(text)).toBe(String(each.getTime()));
    }),
    { numRuns: 300 },
  );
});

test('null, booleans, big numbers and bytes written into a COPY keep their value', async () => {
  expect(await oneValue(toCopyText(sql`SELECT ${null} IS NULL AS it`))).toBe(true);
  expect(await oneValue(toCopyText(sql`SELECT ${true} AND NOT ${false} AS it`))).toBe(true);
  expect(await oneValue(toCopyText(sql`SELECT ${-9223372036854775808n}::bigint AS it`))).toBe('-9223372036854775808');
  expect(await oneValue(toCopyText(sql`SELECT ${new Uint8Array([0, 39, 92, 255])} AS it`))).toEqual(
    Buffer.from([0, 39, 92, 255]),
  );
});

test('what PostgreSQL cannot store is refused before it is sent', () => {
  expect(() => sql`${'a\0b'}`).toThrow(refused);
  expect(() => sql`${['fine', '\0']}`).toThrow(refused);
  expect(() => sql`${'\ud800'}`).toThrow(refused);
  expect(() => sql`${Number.NaN}`).toThrow(refused);
  expect(() => sql`${Number.POSITIVE_INFINITY}`).toThrow(refused);
  expect(() => sql`${new Date('never')}`).toThrow(refused);
  expect(() => sql.identifier('a\0')).toThrow(refused);
});
