import { readdir } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStallingProxy } from '../support/stalling-proxy.ts';
import { failureOf, isWell, openBusyExporter } from './breakdowns.ts';
import { FORMATS, openMemory, type Exporter } from './exporter.ts';
import { buildBundle, type BuildOptions } from '../../src/bundle/build.ts';
import type { CollectOptions } from '../../src/bundle/collect.ts';

const IDLE_MS = 500;
let at: Exporter;
beforeAll(async () => {
  at = await openBusyExporter();
});
afterAll(() => at[Symbol.asyncDispose]());

/** Calls `act` before a connection of this pool is asked something that fits. */
function beforeAsking(pool: pg.Pool, asked: RegExp, act: () => void): void {
  pool.on('connect', (client) => {
    const { connection } = client as unknown as { readonly connection: pg.Connection };
    const query = connection.query.bind(connection);
    connection.query = (text) => {
      if (asked.test(text)) act();
      query(text);
    };
  });
}

test.each(
  FORMATS.flatMap(
    (format) =>
      [
        [format, 'the rows of a dataset', /^COPY \(SELECT "t"\."subject_id"/, 'call-records|account'],
        [format, 'the access log', /^COPY .*audit_event/s, 'access log'],
      ] as const,
  ),
)(
  'Z-10: a %s whose database goes silent over %s is given up with its name, and nothing is left',
  async (format, _, asked, name) => {
    await using proxy = await openStallingProxy(at.pool.options.connectionString ?? '');
    const pool = new pg.Pool({ ...at.pool.options, connectionString: proxy.url });
    const stalled = Promise.withResolvers<void>();
    let stalls = 0;
    beforeAsking(pool, asked, () => {
      stalls += 1;
      proxy.stall();
      stalled.resolve();
    });
    const options: BuildOptions & Pick<CollectOptions, 'idleMs'> = { idleMs: IDLE_MS };
    const request = { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format } as const;
    const building = buildBundle({ ...at.sources, pool }, request, openMemory().destination, options);
    expect(await failureOf(building, stalled.promise)).toMatchObject({
      code: 'BUNDLE_FAILED',
      message: expect.stringMatching(new RegExp(`^(?:${name}): its source said nothing for`)) as string,
    });
    expect(stalls).toBe(1);
    expect(await readdir(at.sources.workFolder).catch(() => [])).toEqual([]);
    // The server learns of it when the line is no more.
    proxy.cut();
    await pool.end();
    await isWell(at);
  },
);
