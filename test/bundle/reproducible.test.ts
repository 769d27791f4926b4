import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasets, sqlName } from '../../src/catalogue/look-up.ts';
import { bytesAt, openStage, type Stage } from '../resume/stage.ts';
import { openExporter, SCOPES, TENANT_IDS, type Exporter } from './exporter.ts';
import { seedEveryDataset } from './seed.ts';
import type { Unpacked } from './unpack.ts';

/** The times of files in an archive are told to two seconds. */
const A_TICK_MS = 2100;

describe('Z-06: one snapshot, exported by processes of their own,', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test('gives the same bytes later, in other time zones and in other languages', async () => {
    const first = await stage.whole('old');
    for (const [zone, language] of [
      ['Asia/Tokyo', 'ja_JP.UTF-8'],
      ['America/New_York', 'tr_TR.UTF-8'],
      ['Asia/Kathmandu', 'de_DE.UTF-8'],
    ] as const) {
      await pause(A_TICK_MS);
      const surroundings = { TZ: zone, LC_ALL: language, LANG: language, PGOPTIONS: `-c TimeZone=${zone}` };
      expect(await stage.kill('zone.zip', { kind: 'NEVER' }, { state: 'old', surroundings })).toBe(false);
      expect((await bytesAt(stage.out('zone.zip')))?.equals(first), zone).toBe(true);
      await stage.clear();
    }
    // What is compared is not always the same.
    expect((await stage.whole('new')).equals(first)).toBe(false);
  });
});

describe('Z-06: the same rows, in another order on the disk,', () => {
  let at: Exporter;
  beforeAll(async () => {
    at = await openExporter();
    for (const tenantId of TENANT_IDS) {
      const seed = { tenantId, subjectId: 'ann', prefix: 'ann', phone: '+31612345678' } as const;
      await seedEveryDataset(at.prisma, { ...seed, blobs: at.sources.blobs, fill: () => undefined });
      // All at one time: nothing but their ids can tell which comes first.
      await at.pool.query(
        `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at)
         SELECT $1, 'tie-' || md5(n::text), 'ann', 'system ' || n % 7, '+3161234' || lpad(n::text, 4, '0'), timestamptz '2026-11-01Z'
         FROM generate_series(1, 200) n`,
        [tenantId],
      );
    }
  });
  afterAll(() => at[Symbol.asyncDispose]());

  /** Everything in the tables of people, in the order in which it lies there. */
  async function layout(): Promise<string> {
    const laid: string[] = [];
    for (const table of TABLES) {
      const { rows } = await at.pool.query<{ id: string }>(`SELECT id FROM ${table} ORDER BY ctid`);
      laid.push(...rows.map(({ id }) => `${table} ${id}`));
    }
    return laid.join('\n');
  }

  test('give the same bundles', async () => {
    const bundles = async () => {
      const made: Unpacked[] = [];
      for (const tenantId of TENANT_IDS) for (const scope of SCOPES) made.push(await at.export(tenantId, 'ann', scope));
      return made.map(contents);
    };
    const [before, laid] = [await bundles(), await layout()];
    // A row that is written anew lies behind all others.
    for (const table of TABLES) {
      await at.pool.query(`
        DO $$ DECLARE key record; BEGIN
          FOR key IN SELECT tenant_id, id FROM ${table} ORDER BY md5(tenant_id || id) LOOP
            UPDATE ${table} SET id = id WHERE tenant_id = key.tenant_id AND id = key.id;
          END LOOP;
        END $$`);
    }
    await at.pool.query('ANALYZE');
    expect(await layout()).not.toBe(laid);
    expect(await bundles()).toEqual(before);
  });
});

const TABLES = datasets
  .filter(({ subjects }) => Object.keys(subjects).length > 0)
  .map(({ model }) => `"${sqlName(model)}"`);

/** All bytes, the number of the database's transaction apart. */
function contents({ entries, manifest }: Unpacked): readonly (readonly [string, string])[] {
  return [...entries].map(([path, bytes]) => [
    path,
    bytes.toString('latin1').replaceAll(manifest.snapshot.id, 'SNAPSHOT'),
  ]);
}
