import pg from 'pg';
import { watchFileCalls } from '../support/file-calls.ts';
import type { Point } from './doom.ts';

/** Ends this process as a machine that loses its power does. */
export const die = (): void => void process.kill(process.pid, 'SIGKILL');

/** Connections of a process that dies around a statement, or around the end of its transaction. */
export function openDyingPool(url: string, point: Point): pg.Pool {
  let passed = 0;

  class DyingClient extends pg.Client {
    #isMeant = false;

    constructor(config?: pg.ClientConfig) {
      super(config);
      const query = this.query.bind(this) as (...given: unknown[]) => Promise<unknown>;
      this.query = ((...given: unknown[]) => {
        const [config] = given;
        const text = typeof config === 'string' ? config : String((config as { text?: unknown }).text);
        if (point.kind !== 'SQL') return query(...given);
        if (text.includes(point.statement)) passed += 1;
        const isIt = text.includes(point.statement) && passed === (point.count ?? 1);
        this.#isMeant ||= isIt;
        const atEnd = text === 'COMMIT' && this.#isMeant;
        if ((isIt && point.when === 'BEFORE') || (atEnd && point.when === 'BEFORE_COMMIT')) die();
        const isAfter = (isIt && point.when === 'AFTER') || (atEnd && point.when === 'AFTER_COMMIT');
        // The pool's own way to ask is with a callback.
        if (isAfter && typeof given.at(-1) === 'function') given[given.length - 1] = die;
        const result = query(...given);
        return isAfter && result instanceof Promise ? result.then(die) : result;
      }) as never;
    }
  }

  const pool = new pg.Pool({
    connectionString: url,
    max: 6,
    options: '-c TimeZone=UTC -c DateStyle=ISO',
    Client: DyingClient,
  } as pg.PoolConfig);
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  return pool;
}

/** Has this process die around a call to its files. */
export async function dieAtFileCalls(point: Point): Promise<void> {
  let passed = 0;
  await watchFileCalls(({ name, of, when }) => {
    if (point.kind !== 'FILE' || name !== point.call || when !== point.when || !of.includes(point.path ?? '')) return;
    passed += 1;
    if (passed === point.count) die();
  });
}
