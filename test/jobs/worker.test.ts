import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildClaimed } from '../../src/jobs/build.ts';
import { claimBuild, type Claimed } from '../../src/jobs/claim.ts';
import { closeSealing } from '../../src/requests/sealing.ts';
import { advance } from '../../src/requests/write.ts';
import { withTransaction } from '../../src/store/session.ts';
import { openOffice, type Office } from './office.ts';
import { workshop, type Workshop } from './workshop.ts';

let office: Office;
let at: Workshop;
beforeAll(async () => {
  office = await openOffice();
  at = workshop(office);
});
afterAll(() => office[Symbol.asyncDispose]());

describe('a request that is approved', () => {
  test('is built, stored and published, with one notice, and its job is done', async () => {
    const { person, request } = await at.somebody();
    {
      await using _ = at.worker();
      await office.until('cr', [request], 'READY');
    }
    const [bundle, ...others] = await office.bundles(request);
    expect(others).toEqual([]);
    expect(bundle).toMatchObject({ request_id: request, subject_id: person, sealed: false });
    const bytes = await readFile(join(office.folder, 'bundles', bundle!.storage_key));
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    expect(await office.attempts(request)).toEqual([{ attempt: 1, outcome: 'PUBLISHED', rows: 21, worker: 'w0' }]);
    expect(await at.notices(request)).toEqual(expect.arrayContaining(['BUNDLE_READY']));
    const [life] = await office.rows<{ days: number; state: string }>(
      `SELECT round(extract(epoch FROM b.expires_at - now()) / 86400)::int AS days, j.state
       FROM portability_bundle b JOIN pgboss.job j ON j.singleton_key = b.request_id WHERE b.request_id = $1`,
      [request],
    );
    expect(life).toEqual({ days: 14, state: 'completed' });
    const steps = await office.rows<{ step: string }>(
      `SELECT step FROM request_step WHERE request_id = $1 ORDER BY at, id`,
      [request],
    );
    expect(steps.map(({ step }) => step).toSorted()).toEqual(['BUILD', 'FILE', 'PUBLISH', 'ROUTE_BUILD']);
  });

  test('is sealed as its person wished, and the wish is forgotten then', async () => {
    const { desk } = office.process;
    const { person, request } = await at.somebody();
    const key = { tenantId: 'cr', requestId: request };
    await office.rows(`UPDATE data_subject_request SET sealing = $2 WHERE id = $1`, [
      request,
      closeSealing(desk.box, key, { kind: 'PASSPHRASE', passphrase: 'five random words it is' }),
    ]);
    {
      await using _ = at.worker();
      await office.until('cr', [request], 'READY');
    }
    const [bundle] = await office.bundles(request);
    expect(bundle).toMatchObject({
      sealed: true,
      subject_id: person,
      storage_key: expect.stringMatching(/\.age$/) as string,
    });
    const bytes = await readFile(join(office.folder, 'bundles', bundle!.storage_key));
    expect(bytes.toString('latin1')).toContain('-> scrypt');
    expect(await office.rows(`SELECT sealing FROM data_subject_request WHERE id = $1`, [request])).toEqual([
      { sealing: null },
    ]);
  });

  test('is not built before the instant until which it is held (X-07)', async () => {
    const { request } = await at.somebody({ heldUntil: new Date(Date.now() + 3_600_000) });
    const { request: other } = await at.somebody();
    await using _ = at.worker();
    await office.until('cr', [other], 'READY');
    expect(await office.status('cr', request)).toBe('APPROVED');
    // Even when its job comes too early.
    await office.rows(`UPDATE pgboss.job SET start_after = now() WHERE singleton_key = $1`, [request]);
    const { request: third } = await at.somebody();
    await office.until('cr', [third], 'READY');
    expect(await office.attempts(request)).toEqual([]);
    expect(await office.status('cr', request)).toBe('APPROVED');
  });

  test('is left alone when its person takes it back while it is built (X-37)', async () => {
    const { request } = await at.somebody();
    const reached = Promise.withResolvers<void>();
    const { storage } = office.process.desk;
    await using _ = at.worker({
      storage: {
        ...storage,
        write: (key, fill) =>
          storage.write(key, async (destination) => {
            await fill(destination);
            const by = { kind: 'GATEWAY', tenant: 'cr' } as const;
            await withTransaction(office.database.pool, 'cr', (writer) =>
              advance(office.process.desk, writer, { tenantId: 'cr', requestId: request, step: 'CANCEL', by }),
            );
            reached.resolve();
          }),
      },
    });
    await reached.promise;
    await expect.poll(() => office.attempts(request)).toMatchObject([{ outcome: 'CANCELLED' }]);
    expect(await office.status('cr', request)).toBe('CANCELLED');
    expect(await office.bundles(request)).toEqual([]);
    const keys = await office.rows<{ storage_key: string }>(
      `SELECT storage_key FROM build_attempt WHERE request_id = $1`,
      [request],
    );
    await expect.poll(() => office.stored()).not.toContain(keys[0]!.storage_key);
  });
});

test('U-03: an attempt that is not the present one any more is refused as it publishes, and leaves nothing', async () => {
  const { person, request } = await at.somebody();
  const { desk } = office.process;
  const later = Promise.withResolvers<Claimed>();
  const { storage } = desk;
  await using _ = at.worker({
    storage: {
      ...storage,
      async write(key, fill) {
        const stored = await storage.write(key, fill);
        later.resolve(await claimBuild(desk, { tenantId: 'cr', requestId: request }, 0));
        return stored;
      },
    },
  });
  const second = await later.promise;
  if (second.kind !== 'CLAIMED') throw new Error(second.kind);
  const stop = new AbortController().signal;
  const options = { stop, touch: async () => {}, patienceSeconds: 30 };
  expect(await buildClaimed(desk, second.claim, options)).toEqual({ kind: 'PUBLISHED' });
  const [bundle, ...others] = await office.bundles(request);
  expect(others).toEqual([]);
  expect(bundle).toMatchObject({ subject_id: person, storage_key: second.claim.storageKey });
  expect(await office.attempts(request)).toMatchObject([{ outcome: 'LOST' }, { outcome: 'PUBLISHED' }]);
  const [first] = await office.rows<{ key: string }>(
    `SELECT storage_key AS key FROM build_attempt WHERE request_id = $1 AND attempt = 1`,
    [request],
  );
  await expect.poll(() => office.stored()).not.toContain(first!.key);
});

test.each([-86_400_000, -3_600_000, 3_600_000, 86_400_000])(
  'U-12: a clock that jumps by %i ms while a bundle is built neither builds it twice nor ends it early',
  async (jump) => {
    const { request } = await at.somebody();
    const { desk } = office.process;
    let ahead = 0;
    const clock = { now: () => new Date(Date.now() + ahead) };
    const { storage } = desk;
    await using _ = at.worker({
      clock,
      sources: { ...desk.sources, clock },
      storage: {
        ...storage,
        write(key, fill) {
          ahead = jump;
          return storage.write(key, fill);
        },
      },
    });
    await office.until('cr', [request], 'READY');
    expect(await office.attempts(request)).toHaveLength(1);
    const [kept] = await office.rows<{ hours: number }>(
      `SELECT round(extract(epoch FROM expires_at - now()) / 3600)::int AS hours FROM portability_bundle WHERE request_id = $1`,
      [request],
    );
    expect(kept).toEqual({ hours: 14 * 24 });
  },
);
