import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireBundles, removeObjects } from '../../src/delivery/expire.ts';
import { createLink, linkUrl, revokeLink } from '../../src/delivery/links.ts';
import { reportDamage } from '../../src/delivery/incidents.ts';
import { recall } from '../../src/delivery/recall.ts';
import { reconcileStorage } from '../../src/delivery/reconcile.ts';
import { withTransaction } from '../../src/store/session.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

/*
 * Whatever is done in whatever order, a delivery stands where this plain model of it stands: what a link answers, whether the
 * request counts as delivered, and how often the person was told.
 */

const SIZE = 100;
const SESSIONS = ['first', 'second'] as const;

type Step =
  | { readonly kind: 'LINK' }
  | {
      readonly kind: 'GET';
      readonly link: number;
      readonly session: (typeof SESSIONS)[number];
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'REVOKE' | 'END_LINK'; readonly link: number }
  | { readonly kind: 'RECALL' | 'EXPIRE' | 'SWEEP' | 'LOSE' | 'FIND' };

const link = fc.nat(2);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('LINK' as const) }) },
  {
    weight: 12,
    arbitrary: fc
      .record({
        link,
        session: fc.constantFrom(...SESSIONS),
        one: fc.constantFrom(0, 0, 30, 60),
        other: fc.constantFrom(99, 99, 29, 59),
      })
      .map(({ one, other, ...rest }) => ({
        kind: 'GET' as const,
        ...rest,
        from: Math.min(one, other),
        to: Math.max(one, other),
      })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('REVOKE' as const, 'END_LINK' as const), link }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('RECALL' as const, 'EXPIRE' as const, 'SWEEP' as const) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('LOSE' as const, 'FIND' as const) }) },
);

interface ModelLink {
  readonly id: string;
  readonly path: string;
  isGood: boolean;
  download: { readonly session: string; sent: number; isAtEnd: boolean } | null;
}

interface Model {
  bundle: 'READY' | 'LOST' | 'ENDED';
  request: 'READY' | 'DELIVERED' | 'EXPIRED' | 'RECALLED' | 'APPROVED' | 'FAILED';
  rebuilds: number;
  told: number;
  readonly links: ModelLink[];
}

let on: TestDelivery;
const sessions: Record<string, Record<string, string>> = {};

beforeAll(async () => {
  on = await openTestDelivery();
  for (const [index, session] of SESSIONS.entries()) sessions[session] = await on.as(subject('cp', 'ann'), index);
});

afterAll(() => on[Symbol.asyncDispose]());

async function take(model: Model, bundle: ReadyBundle, taken: Step): Promise<void> {
  const { pool } = on.at;
  const of = 'link' in taken ? model.links[taken.link] : undefined;
  switch (taken.kind) {
    case 'LINK': {
      if (model.links.length === 3) return;
      const made = withTransaction(pool, 'cp', (writer) =>
        createLink(on.desk, writer, subject('cp', 'ann'), bundle.requestId),
      );
      if (model.bundle !== 'READY') return expect(made).rejects.toMatchObject({ code: 'WRONG_STATE' });
      const row = await made;
      model.links.push({ id: row.id, path: `${await linkUrl(on.desk, row)}/file`, isGood: true, download: null });
      return;
    }
    case 'GET':
      return of === undefined ? undefined : fetchPart(model, bundle, of, taken);
    case 'REVOKE':
    case 'END_LINK':
      if (of === undefined) return;
      if (taken.kind === 'REVOKE')
        await withTransaction(pool, 'cp', (writer) => revokeLink(writer, 'cp', of.id, 'ann'));
      else await pool.query('UPDATE download_link SET expires_at = clock_timestamp() WHERE id = $1', [of.id]);
      of.isGood = false;
      return;
    case 'RECALL':
      await withTransaction(pool, 'cp', (writer) => recall(on.desk, writer, subject('cp', 'ann'), bundle.bundleId));
      await removeObjects(on.desk, 'cp', bundle.bundleId);
      if (model.bundle === 'READY') model.request = 'RECALLED';
      model.bundle = 'ENDED';
      return;
    case 'EXPIRE':
      if (model.bundle === 'READY') model.request = 'EXPIRED';
      model.bundle = 'ENDED';
      await pool.query('UPDATE portability_bundle SET expires_at = clock_timestamp() WHERE id = $1', [bundle.bundleId]);
      await expireBundles(on.desk, 'cp');
      return;
    case 'LOSE':
      await reportDamage(on.desk, 'LOST', { ...bundle, tenantId: 'cp' }, null);
      if (model.bundle !== 'READY') return;
      model.bundle = 'LOST';
      for (const each of model.links) each.download = null;
      model.request = model.rebuilds < 3 ? 'APPROVED' : 'FAILED';
      model.rebuilds += 1;
      return;
    case 'FIND': {
      const { foundAgain } = await reconcileStorage(on.desk, 'cp');
      expect(foundAgain).toBe(model.bundle === 'LOST' ? 1 : 0);
      if (model.bundle !== 'LOST') return;
      model.bundle = 'READY';
      model.request = 'READY';
      return;
    }
    case 'SWEEP':
      expect(await expireBundles(on.desk, 'cp')).toEqual({ bundles: 0, objects: 0 });
      return;
    default:
      return taken satisfies never;
  }
}

async function fetchPart(
  model: Model,
  bundle: ReadyBundle,
  of: ModelLink,
  { session, from, to }: Extract<Step, { kind: 'GET' }>,
): Promise<void> {
  const isWhole = from === 0 && to === SIZE - 1;
  const range: Record<string, string> = isWhole ? {} : { range: `bytes=${from}-${to}` };
  const response = await on.get(of.path, { ...sessions[session], ...range });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!of.isGood || model.bundle !== 'READY') return expect(response.status).toBe(410);
  expect([response.status, bytes.equals(bundle.bytes.subarray(from, to + 1))]).toEqual([isWhole ? 200 : 206, true]);
  if (of.download?.session !== session) of.download = { session, sent: 0, isAtEnd: false };
  of.download.sent += to - from + 1;
  of.download.isAtEnd ||= to === SIZE - 1;
  if (of.download.sent >= SIZE && of.download.isAtEnd) {
    of.isGood = false;
    model.request = 'DELIVERED';
    model.told += 1;
  }
  // The end of a connection is noted a moment after its last byte.
  await expect.poll(() => on.at.prisma.download.count({ where: { stream: { not: null } } }), { interval: 5 }).toBe(0);
}

test('U-39: links, downloads in parts, revocation, recall and expiry in any order end as the model says', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 16 }), async (steps) => {
      const bundle = await on.publish('ann', { bytes: Buffer.from(Array.from({ length: SIZE }, (_, index) => index)) });
      const model: Model = { bundle: 'READY', request: 'READY', rebuilds: 0, told: 0, links: [] };
      for (const each of steps) {
        await take(model, bundle, each);
        const request = await on.at.prisma.dataSubjectRequest.findFirst({ where: { id: bundle.requestId } });
        const told = await on.at.prisma.notice.count({
          where: { bundleId: bundle.bundleId, kind: 'BUNDLE_DOWNLOADED' },
        });
        expect([each.kind, request?.status, told]).toEqual([each.kind, model.request, model.told]);
      }
      // What this run leaves is not for the sweeps of the next.
      await on.at.pool.query("UPDATE portability_bundle SET expires_at = NULL WHERE status = 'READY'");
      await on.at.pool.query("UPDATE portability_bundle SET status = 'QUARANTINED' WHERE status = 'LOST'");
      await on.at.pool.query("UPDATE data_subject_request SET status = 'CANCELLED' WHERE status = 'APPROVED'");
      expect(on.faults).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
