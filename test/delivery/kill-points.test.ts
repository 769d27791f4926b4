import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expireBundles } from '../../src/delivery/expire.ts';
import { openCounter, type Counter } from '../jobs/counter.ts';
import type { Point } from '../jobs/doom.ts';
import { runKilled } from '../jobs/killed.ts';
import { openOffice, type Bundle, type Office } from '../jobs/office.ts';
import { file, sql } from '../jobs/points.ts';
import { workshop, type Workshop } from '../jobs/workshop.ts';
import type { DoomedDelivery } from './doomed-delivery.ts';

/*
 * The way of a bundle to its publication has its kill points in test/jobs/kill-points.test.ts; this is the rest of it.
 */

let office: Office;
let at: Workshop;
let counter: Counter;
beforeAll(async () => {
  office = await openOffice();
  at = workshop(office);
  counter = openCounter(office);
});
afterAll(async () => {
  await counter[Symbol.asyncDispose]();
  await office[Symbol.asyncDispose]();
});

const CHILD = new URL('doomed-delivery.ts', import.meta.url);

interface Standing {
  readonly person: string;
  readonly request: string;
  readonly bundle: Bundle;
  readonly link: string;
}

async function ready(): Promise<Standing> {
  const { person, request } = await at.somebody();
  const bundle = await at.built(request);
  return { person, request, bundle, link: await counter.link(person, request) };
}

/** Has a process do it that is killed at the point. */
async function kill(act: DoomedDelivery['act'], { person, request, bundle }: Standing, point: Point): Promise<void> {
  const { database, folder } = office;
  const about = { act, bundleId: bundle.id, subjectId: person, requestId: request };
  const given: DoomedDelivery = { url: database.url, folder, point, ...about };
  await runKilled(CHILD, folder, given);
}

/** What is so of a bundle and its request, and how often each step of theirs is on record and was told. */
async function stateOf({ bundle }: Standing) {
  const [row] = await office.rows<{
    status: string;
    request: string;
    noted: boolean;
    entries: string[];
    told: string[];
  }>(
    `SELECT b.status, r.status AS request, b.storage_key IS NOT NULL AS noted,
       ARRAY(SELECT e.detail->>'step' FROM audit_event e WHERE e.tenant_id = 'cr'
         AND (e.detail->>'request' = r.id AND e.detail->>'step' IN ('EXPIRE', 'RECALL', 'REBUILD')
           OR e.detail->>'bundle' = b.id AND e.detail->>'step' IN ('BUNDLE_EXPIRED', 'DAMAGED')) ORDER BY e.seq) AS entries,
       ARRAY(SELECT n.kind FROM notice n WHERE n.tenant_id = 'cr' AND (n.bundle_id = b.id OR n.request_id = r.id)
         AND n.kind IN ('BUNDLE_RECALLED', 'INCIDENT', 'REQUEST_REBUILDING') ORDER BY n.kind) AS told
     FROM portability_bundle b JOIN data_subject_request r ON r.tenant_id = b.tenant_id AND r.id = b.request_id WHERE b.id = $1`,
    [bundle.id],
  );
  return { ...row, lies: existsSync(join(office.folder, 'bundles', bundle.storage_key)) };
}

const WHEN = { BEFORE: 'before', BEFORE_COMMIT: 'before the commit of', AFTER_COMMIT: 'after the commit of' } as const;
const around = (name: string, statement: string): readonly [string, Point][] =>
  (['BEFORE', 'BEFORE_COMMIT', 'AFTER_COMMIT'] as const).map((when) => [`${WHEN[when]} ${name}`, sql(when, statement)]);
const REMOVAL: readonly [string, Point][] = [
  ...(['before', 'after'] as const).map((when): [string, Point] => [
    `${when} the object is removed`,
    file(when, 'rm', 'bundles'),
  ]),
  ...around('the row that forgets it', 'SET storage_key = NULL'),
];

describe('U-30: a sweep that is killed', () => {
  test.each([...around('the row that ends it', "SET status = 'EXPIRED'"), ...REMOVAL])(
    '%s, has promised nobody what is gone, and the next one ends it once',
    async (_, point) => {
      const standing = await ready();
      await office.rows('UPDATE portability_bundle SET expires_at = now() WHERE id = $1', [standing.bundle.id]);
      await kill('EXPIRE', standing, point);
      const left = await stateOf(standing);
      expect(left.status === 'READY' ? [left.request, left.noted, left.lies] : [left.request, left.status]).toEqual(
        left.status === 'READY' ? ['READY', true, true] : ['EXPIRED', 'EXPIRED'],
      );
      // A row forgets where its object lay only once that is gone.
      expect(left.noted || !left.lies).toBe(true);
      expect(await counter.opened(standing.person, standing.link)).toBe('GONE');
      await expireBundles(counter.desk, 'cr');
      expect(await stateOf(standing)).toEqual({
        status: 'EXPIRED',
        request: 'EXPIRED',
        noted: false,
        lies: false,
        entries: ['EXPIRE', 'BUNDLE_EXPIRED'],
        told: [],
      });
      expect(await expireBundles(counter.desk, 'cr')).toEqual({ bundles: 0, objects: 0 });
    },
  );
});

describe('X-17: a recall that is killed', () => {
  const NOTED = around('the row that recalls it', "SET status = 'RECALLED'");

  test.each(NOTED.slice(0, 2))('%s, has not happened, and is done again', async (_, point) => {
    const standing = await ready();
    await kill('RECALL', standing, point);
    expect(await stateOf(standing)).toMatchObject({ status: 'READY', request: 'READY', lies: true, told: [] });
    expect(await counter.opened(standing.person, standing.link)).toBe('WHOLE');
  });

  test.each([...NOTED.slice(2), ...REMOVAL])('%s, holds, and the sweep removes what is left', async (_, point) => {
    const standing = await ready();
    await kill('RECALL', standing, point);
    expect(await stateOf(standing)).toMatchObject({ status: 'RECALLED', request: 'RECALLED' });
    expect(await counter.opened(standing.person, standing.link)).toBe('GONE');
    await expireBundles(counter.desk, 'cr');
    expect(await stateOf(standing)).toEqual({
      status: 'RECALLED',
      request: 'RECALLED',
      noted: false,
      lies: false,
      entries: ['RECALL'],
      told: ['BUNDLE_RECALLED', 'INCIDENT'],
    });
  });
});

describe('D-30: who finds a bundle damaged and is killed', () => {
  test.each(around('the row that says so', 'SET status = $1\n        WHERE'))(
    '%s, has either said nothing or all of it, and it is built again once',
    async (_, point) => {
      const standing = await ready();
      await kill('REPORT', standing, point);
      const isSaid = point.kind === 'SQL' && point.when === 'AFTER_COMMIT';
      expect(await stateOf(standing)).toMatchObject(
        isSaid
          ? { status: 'QUARANTINED', request: 'APPROVED', entries: ['REBUILD', 'DAMAGED'] }
          : { status: 'READY', request: 'READY', entries: [] },
      );
      if (!isSaid) return;
      expect((await at.built(standing.request)).id).not.toBe(standing.bundle.id);
      expect((await stateOf(standing)).told).toEqual(['INCIDENT', 'REQUEST_REBUILDING']);
      expect(await office.attempts(standing.request)).toHaveLength(2);
    },
  );
});
