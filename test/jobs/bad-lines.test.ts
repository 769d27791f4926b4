import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker } from '../../src/jobs/worker.ts';
import { openToxicProxy, type Toxic } from '../support/toxic-proxy.ts';
import { openOffice, type Office } from './office.ts';
import { workshop, type Workshop } from './workshop.ts';

let office: Office;
let at: Workshop;
beforeAll(async () => {
  office = await openOffice();
  at = workshop(office);
});
afterAll(() => office[Symbol.asyncDispose]());

const LINES = {
  'gives three bytes at a time': { kind: 'SLICED', bytes: 3 },
  'takes its time over everything': { kind: 'SLOW', ms: 15 },
  'breaks early, a dozen times': { kind: 'BREAKING', afterBytes: 4_000, connections: 12 },
  'breaks late, a dozen times': { kind: 'BREAKING', afterBytes: 12_000, connections: 12 },
} as const satisfies Readonly<Record<string, Toxic>>;

test.each(Object.entries(LINES))(
  'U-09: over a line to the database that %s a bundle is built once and whole, or the request fails with a word',
  async (_name, toxic) => {
    const { request } = await at.somebody();
    await using proxy = await openToxicProxy(office.database.url, toxic);
    {
      await using builder = await openBehind(proxy.url);
      await using _ = startWorker(builder.desk, builder.boss, { concurrency: 1, pollMs: 50 });
      await office.until('cr', [request], 'READY', 'FAILED');
    }
    if (toxic.kind === 'BREAKING') expect(proxy.broken()).toBeGreaterThan(0);
    // A line that breaks again and again may use up the attempts: then the person is told, and may ask again.
    const status = await office.status('cr', request);
    if (toxic.kind !== 'BREAKING') expect(status).toBe('READY');
    const published = (await office.attempts(request)).filter(({ outcome }) => outcome === 'PUBLISHED');
    expect(await office.bundles(request)).toHaveLength(status === 'READY' ? 1 : 0);
    expect(published).toHaveLength(status === 'READY' ? 1 : 0);
  },
);

/** A process at the end of the line; while it breaks, not even that begins at once. */
async function openBehind(url: string): Promise<Awaited<ReturnType<Office['open']>>> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await office.open({ url, worker: `w${url.slice(-12).replaceAll(/\W/g, '')}` });
    } catch (error) {
      if (tries > 30) throw error;
    }
  }
}
