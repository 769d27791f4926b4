import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadPolicies } from '../../src/policy/book.ts';
import { importFile } from '../../src/sources/import-file.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { openTestDatabase } from '../support/database.ts';
import { openDesk } from './desk.ts';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

interface Manifest {
  readonly tenants: readonly {
    readonly id: string;
    readonly policyCode: string;
    readonly name: string;
    readonly country: string;
    readonly contact: string;
    readonly files: readonly { readonly kind: string; readonly file: string; readonly mapping?: string }[];
    readonly person: { readonly email: string };
  }[];
}

const { tenants } = JSON.parse(readFileSync(join(SAMPLES, 'manifest.json'), 'utf8')) as Manifest;

test.each(tenants)(
  'the samples of $id are whole, about one person who is found, and unchanged the second time',
  async (tenant) => {
    await using database = await openTestDatabase();
    await using desk = await openDesk();
    const { pool } = database;
    await pool.query(
      'INSERT INTO tenant (tenant_id, policy_code, name, country, contact) VALUES ($1, $2, $3, $4, $5)',
      [tenant.id, tenant.policyCode, tenant.name, tenant.country, tenant.contact],
    );
    const run = ({ kind, file, mapping }: (typeof tenant.files)[number]): ReturnType<typeof importFile> =>
      importFile({
        pool,
        policies: loadPolicies(),
        tenant: tenant.id,
        kind,
        file: join(SAMPLES, file),
        mapping: mapping && join(SAMPLES, mapping),
        blobs: openBlobFolder(join(desk.folder, 'blobs')),
      });
    for (const file of tenant.files) expect((await run(file)).badCount).toBe(0);
    for (const file of tenant.files) {
      for (const counts of Object.values((await run(file)).byDataset))
        expect(counts).toMatchObject({ inserted: 0, updated: 0 });
    }
    const { rows } = await pool.query(`SELECT FROM subject_identifier WHERE kind = 'EMAIL' AND value = $1`, [
      tenant.person.email,
    ]);
    expect(rows).toHaveLength(1);
  },
);
