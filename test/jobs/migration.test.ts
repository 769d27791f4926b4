import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from '../support/paths.ts';
import { openOffice, type Office } from './office.ts';
import { workshop } from './workshop.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office[Symbol.asyncDispose]());

test('U-41: a migration of the tables that builds read and write, while they are built, loses no request', async () => {
  const at = workshop(office);
  const folder = join(office.folder, 'migrations');
  await cp(MIGRATIONS, folder, { recursive: true });
  const requests: string[] = [];
  for (let i = 0; i < 8; i += 1) requests.push((await at.somebody()).request);
  await using _ = at.worker();
  for (const [index, table] of [
    'build_attempt',
    'data_subject_request',
    'portability_bundle',
    'call_record',
  ].entries()) {
    const next = join(folder, `2099010100000${index}_wider`);
    await mkdir(next);
    await writeFile(join(next, 'migration.sql'), `ALTER TABLE "${table}" ADD COLUMN "wider" TEXT DEFAULT 'x';`);
    await migrate(office.database.pool, folder);
  }
  await office.until('cr', requests, 'READY');
  for (const request of requests) expect(await office.bundles(request)).toHaveLength(1);
});
