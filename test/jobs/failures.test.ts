import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('a build that fails', () => {
  test('is tried again after a while, and the tries are seen', async () => {
    const { request } = await at.somebody();
    {
      await using _ = at.worker(at.failing('OUTPUT_FAILED', 2));
      await office.until('cr', [request], 'READY');
    }
    expect((await office.attempts(request)).map(({ outcome }) => outcome)).toEqual([
      'OUTPUT_FAILED',
      'OUTPUT_FAILED',
      'PUBLISHED',
    ]);
    expect((await at.notices(request)).filter((kind) => kind === 'BUNDLE_READY').length).toBeGreaterThan(0);
  });

  test.each(['FOREIGN_ROW', 'SECRET_FOUND'] as const)(
    'with %s fails its request at once, as an incident',
    async (code) => {
      const { request } = await at.somebody();
      const desk = at.failing(code);
      {
        await using _ = at.worker(desk);
        await office.until('cr', [request], 'FAILED');
      }
      expect(desk.tries()).toBe(1);
      expect(await at.notices(request)).toEqual(expect.arrayContaining(['INCIDENT', 'REQUEST_FAILED']));
      expect(await office.rows(`SELECT failure_code FROM data_subject_request WHERE id = $1`, [request])).toEqual([
        { failure_code: code },
      ]);
    },
  );

  test('U-25: comes to rest after its attempts, visible to its person, who may ask again', async () => {
    const { request } = await at.somebody();
    await office.rows(`UPDATE pgboss.job SET retry_limit = 2 WHERE singleton_key = $1`, [request]);
    const desk = at.failing('OUTPUT_FAILED');
    {
      await using _ = at.worker(desk);
      await office.until('cr', [request], 'FAILED');
    }
    expect(desk.tries()).toBe(3);
    expect(await office.rows(`SELECT failure_code FROM data_subject_request WHERE id = $1`, [request])).toEqual([
      { failure_code: 'OUTPUT_FAILED' },
    ]);
    expect(await at.notices(request)).toEqual(expect.arrayContaining(['REQUEST_FAILED']));
    expect(
      await office.rows(
        `SELECT state::text FROM pgboss.job WHERE name = 'bundle-build-dead' AND data->>'requestId' = $1`,
        [request],
      ),
    ).toEqual([{ state: 'completed' }]);
    const by = { kind: 'GATEWAY', tenant: 'cr' } as const;
    await withTransaction(office.database.pool, 'cr', (writer) =>
      advance(office.process.desk, writer, { tenantId: 'cr', requestId: request, step: 'RETRY', by }),
    );
    await using _ = at.worker();
    await office.until('cr', [request], 'READY');
    expect(await office.attempts(request)).toHaveLength(4);
  });

  test('keeps nothing of its error but the code', async () => {
    const { request } = await at.somebody();
    const word = randomBytes(12).toString('hex');
    const { storage } = office.process.desk;
    await using _ = at.worker({
      storage: { ...storage, write: () => Promise.reject(new Error(`about ${word}`)) },
    });
    await expect.poll(async () => (await office.attempts(request)).length).toBeGreaterThan(0);
    const output = () => office.rows(`SELECT output FROM pgboss.job WHERE singleton_key = $1`, [request]);
    await expect.poll(output).toContainEqual({ output: { code: 'OUTPUT_FAILED' } });
    expect(JSON.stringify(await office.rows(`SELECT * FROM pgboss.job`))).not.toContain(word);
  });
});

test.each(['40001', '40P01'])(
  'U-11: a publication that the database refuses with %s is tried again, with one effect',
  async (state) => {
    const { request } = await at.somebody();
    await office.rows(`CREATE SEQUENCE refusals_${state}`);
    await office.rows(`CREATE FUNCTION refuse_${state}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF nextval('refusals_${state}') = 1 THEN RAISE EXCEPTION 'refused' USING ERRCODE = '${state}'; END IF;
      RETURN NEW;
    END $$`);
    await office.rows(
      `CREATE TRIGGER refuse_${state} AFTER INSERT ON portability_bundle FOR EACH ROW EXECUTE FUNCTION refuse_${state}()`,
    );
    {
      await using _ = at.worker();
      await office.until('cr', [request], 'READY');
    }
    await office.rows(`DROP TRIGGER refuse_${state} ON portability_bundle`);
    expect((await office.attempts(request)).map(({ outcome }) => outcome)).toEqual(['DATABASE_FAILED', 'PUBLISHED']);
    expect(await office.bundles(request)).toHaveLength(1);
    expect((await at.notices(request)).filter((kind) => kind === 'BUNDLE_READY')).toHaveLength(1);
  },
);
