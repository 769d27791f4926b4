import { setTimeout as sleep } from 'node:timers/promises';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watched } from '../../src/bundle/watchdog.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { withSnapshot, type Reader } from '../../src/store/session.ts';
import { sql, type Sql } from '../../src/store/sql.ts';
import { openEmptyDatabase } from '../support/database.ts';
import { openStallingProxy, type StallingProxy } from '../support/stalling-proxy.ts';
import { failureOf, isWell, KILL } from './breakdowns.ts';

const SILENCE = { idleMs: 200, name: 'things' };
const SILENT = {
  code: 'BUNDLE_FAILED',
  message: expect.stringContaining('things: its source said nothing for 200 ms') as string,
};
const ROWS = 20_000;
const MANY = sql`SELECT repeat('x', 1000) FROM generate_series(1, ${ROWS}::int)`;

let database: Database;
beforeAll(async () => void (database = await openEmptyDatabase()));
afterAll(() => database.close());

/** Counts the bytes it gets; `act` may do something at each chunk. */
function counter(act: (chunk: number) => unknown = () => {}): Writable & { bytes: number } {
  let chunks = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      sink.bytes += chunk.length;
      chunks += 1;
      Promise.resolve(act(chunks)).then(() => callback(), callback);
    },
  }) as Writable & { bytes: number };
  sink.bytes = 0;
  return sink;
}

const copied = (reader: Reader, fragment: Sql, idleMs = SILENCE.idleMs): Readable =>
  watched(reader.copyOut(fragment, 'lines'), { ...SILENCE, idleMs });
/** More than a busy machine is silent for. */
const PATIENT_MS = 30_000;

describe('Z-09: a source', () => {
  test.each([
    ['at its first byte', sql`SELECT (1 / 0)::text`],
    ['in the middle', sql`SELECT repeat('x', 1000) || 1 / (10000 - n) FROM generate_series(1, 20000) n`],
    ['after its last row', sql`SELECT repeat('x', 1000) FROM generate_series(1, 20000) UNION ALL SELECT (1 / 0)::text`],
  ])('that fails %s fails the reading soon, with its own error', async (_when, fragment) => {
    const reading = withSnapshot(database.pool, 'cp', (reader) =>
      pipeline(copied(reader, fragment, PATIENT_MS), counter()),
    );
    expect(await failureOf(reading)).toMatchObject({ code: 'DATABASE_FAILED' });
    await isWell(database);
  });

  describe.each([
    ['whose session is ended', async () => void (await database.pool.query(KILL))],
    ['whose line is cut', async (proxy: StallingProxy) => proxy.cut()],
  ])('%s', (_name, breakOff) => {
    test.each(['at its first byte', 'in the middle', 'after its last byte'] as const)(
      '%s fails the reading soon',
      async (when) => {
        await using proxy = await openStallingProxy(database.url);
        await using far = await openDatabase({ url: proxy.url });
        const reading = withSnapshot(far.pool, 'cp', async (reader) => {
          if (when === 'at its first byte') await breakOff(proxy);
          const sink = counter((chunk) => (when === 'in the middle' && chunk === 3 ? breakOff(proxy) : undefined));
          await pipeline(copied(reader, MANY, PATIENT_MS), sink);
          if (when === 'after its last byte') await breakOff(proxy);
        });
        expect(await failureOf(reading)).toMatchObject({ code: 'DATABASE_FAILED' });
        await isWell(database);
      },
    );
  });
});

describe('Z-10: a source that goes silent', () => {
  test('on a line that went dead is given up with the reason', async () => {
    await using proxy = await openStallingProxy(database.url);
    await using far = await openDatabase({ url: proxy.url });
    const reading = withSnapshot(far.pool, 'cp', (reader) =>
      pipeline(
        copied(reader, MANY),
        counter((chunk) => (chunk === 3 ? proxy.stall() : undefined)),
      ),
    );
    await expect(reading).rejects.toMatchObject(SILENT);
  });

  test('behind a lock is given up, and its query is ended', async () => {
    await database.pool.query('CREATE TABLE locked (id text); GRANT SELECT ON locked TO PUBLIC');
    const lock = await database.pool.connect();
    try {
      await lock.query('BEGIN; LOCK TABLE locked IN ACCESS EXCLUSIVE MODE');
      const reading = withSnapshot(database.pool, 'cp', (reader) =>
        pipeline(copied(reader, sql`SELECT id FROM locked`), counter()),
      );
      expect(await failureOf(reading)).toMatchObject(SILENT);
      expect((await lock.query(`SELECT FROM pg_locks WHERE NOT granted`)).rows).toEqual([]);
    } finally {
      await lock.query('ROLLBACK');
      lock.release();
    }
    await isWell(database);
  });

  test('as a file is given up and closed', async () => {
    const file = new PassThrough();
    file.write('the beginning');
    const sink = counter();
    await expect(pipeline(watched(file, SILENCE), sink)).rejects.toMatchObject(SILENT);
    expect(sink.bytes).toBe(13);
    expect(file.destroyed).toBe(true);
  });
});

describe('U-29: a source that never ends', () => {
  test.each([
    ['without a byte', sql`SELECT pg_sleep(600)::text`],
    [
      'after its last byte',
      sql`SELECT repeat('x', 1000) FROM generate_series(1, 20000) UNION ALL SELECT pg_sleep(600)::text`,
    ],
  ])('%s is given up, and leaves nothing on the server', async (_when, fragment) => {
    const reading = withSnapshot(database.pool, 'cp', (reader) => pipeline(copied(reader, fragment), counter()));
    expect(await failureOf(reading)).toMatchObject(SILENT);
    await isWell(database);
  });
});

test('a reader that is slow itself may take any time', async () => {
  const sink = counter((chunk) => (chunk === 3 ? sleep(3500) : undefined));
  await withSnapshot(database.pool, 'cp', (reader) => pipeline(copied(reader, MANY, 3000), sink));
  expect(sink.bytes).toBe(ROWS * 1001);
});

test('a source that is slow and steady is not silent, though the process stands still for longer', async () => {
  const steady = sql`SELECT repeat('x', 20000) || pg_sleep(0.02) FROM generate_series(1, 30)`;
  const sink = counter((chunk) => {
    // While the next byte is waited for, not while this one is handled.
    if (chunk === 3) setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3500));
  });
  await withSnapshot(database.pool, 'cp', (reader) => pipeline(copied(reader, steady, 3000), sink));
  expect(sink.bytes).toBe(30 * 20_001);
});

test('all that a source holds comes through, and nothing is nothing', async () => {
  for (const chunks of [[], [Buffer.from('a')], [Buffer.alloc(100_000, 1), Buffer.alloc(3, 2)]]) {
    const sink = counter();
    await pipeline(watched(Readable.from(chunks, { objectMode: false }), SILENCE), sink);
    expect(sink.bytes).toBe(Buffer.concat(chunks).length);
  }
});

test('whoever stops reading early closes the source at once, though it is silent', async () => {
  const file = new PassThrough();
  const output = watched(file, { ...SILENCE, idleMs: 60_000 });
  output.on('error', () => {}).resume();
  await sleep(10);
  output.destroy(new Error('enough'));
  await expect.poll(() => file.destroyed).toBe(true);
});
