import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { vouch } from '../../src/bundle/witness/vouch.ts';
import type { Witness } from '../../src/bundle/witness/witness.ts';
import { asAnn, kindNamed, openPeople, type People } from './people.ts';

const VIEWS = kindNamed('page-views as WEBSITE_VISITOR');
const CHUNK = 100;
const ROWS = 23_000;

let at: People;

beforeAll(async () => {
  at = await openPeople();
  await at.pool.query(
    `INSERT INTO page_view (tenant_id, id, subject_id, source_system, url, occurred_at)
     SELECT 'cp', 'view_' || n, CASE n WHEN 0 THEN 'bob' ELSE 'ann' END, 'web', 'https://example.org/', timestamptz '2026-01-01Z' + n * interval '1 minute'
     FROM generate_series(0, $1::int) n`,
    [ROWS],
  );
});

afterAll(() => at[Symbol.asyncDispose]());

/** The lines of rows, so many to a chunk. */
function chunksOf(ids: readonly number[], padding = ''): Buffer[] {
  return Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, index) =>
    Buffer.from(
      ids
        .slice(index * CHUNK, (index + 1) * CHUNK)
        .map((id) => `{"subjectId":"ann","id":"view_${id}","padding":"${padding}"}\n`)
        .join(''),
    ),
  );
}

const own = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

function passed(witness: Witness, source: Iterable<Buffer>): Promise<Buffer> {
  return buffer(vouch(Readable.from(source), witness, VIEWS));
}

test.each([0, 1, 4999, 5000, 5001, ROWS])('%i rows that are Ann’s pass, byte for byte', async (count) => {
  const chunks = chunksOf(own(count));
  await asAnn(at.pool, async (witness) => {
    expect((await passed(witness, chunks)).equals(Buffer.concat(chunks))).toBe(true);
  });
});

test.each([0, 1, 4999, 5000, 9999, 20_000, ROWS])(
  'of a foreign row after %i others nothing passes, nor of what is asked about with it',
  async (place) => {
    const chunks = chunksOf(own(ROWS).toSpliced(place, 0, 0));
    await asAnn(at.pool, async (witness) => {
      let bytes = 0;
      const passing = pipeline(
        Readable.from(chunks),
        (lines: AsyncIterable<Buffer>) => vouch(lines, witness, VIEWS),
        async (out: AsyncIterable<Buffer>) => {
          for await (const chunk of out) bytes += chunk.length;
        },
      );
      await expect(passing).rejects.toMatchObject({ code: 'FOREIGN_ROW' });
      expect(bytes).toBe(Buffer.concat(chunks.slice(0, Math.floor(place / 5000) * 50)).length);
    });
  },
);

test('at most one batch is asked about at a time, and no more than two are held', async () => {
  let asking = 0;
  let most = 0;
  let read = 0;
  let out = 0;
  let held = 0;
  const slow: Witness = {
    take: async () => {
      asking += 1;
      most = Math.max(most, asking);
      await new Promise((resolve) => setTimeout(resolve, 5));
      asking -= 1;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const counted = function* (): Generator<Buffer> {
    for (const chunk of chunksOf(own(ROWS))) {
      read += 1;
      held = Math.max(held, read - out);
      yield chunk;
    }
  };
  for await (const _chunk of vouch(Readable.from(counted(), { highWaterMark: 1 }), slow, VIEWS)) out += 1;
  expect(most).toBe(1);
  // Two batches of 50 chunks, and what the stream before has read ahead.
  expect(held).toBeLessThanOrEqual(103);
});

test('long rows are asked about before there are many', async () => {
  const chunks = chunksOf(own(400), 'x'.repeat(40_000));
  const batches: number[] = [];
  await asAnn(at.pool, async (witness) => {
    const listening: Witness = {
      ...witness,
      take: (kind, ids) => {
        batches.push(ids.length);
        return witness.take(kind, ids);
      },
    };
    for await (const _chunk of vouch(Readable.from(chunks), listening, VIEWS));
  });
  expect(batches.filter((rows) => rows > 0)).toEqual([200, 200]);
});

test('lines that fail end it, though a batch is still asked about', async () => {
  const failing = function* (): Generator<Buffer> {
    yield* chunksOf(own(6000));
    throw new Error('the source broke');
  };
  await asAnn(at.pool, async (witness) => {
    await expect(passed(witness, failing())).rejects.toThrow('the source broke');
  });
});
