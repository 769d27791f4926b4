import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Gateway } from '../../gateway.ts';
import { importFile } from '../../sources/import-file.ts';
import { namedBy } from '../../sources/find-subjects.ts';
import { withSnapshot, withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { CarryallError } from '../../errors.ts';

/** The sample files that come with Carryall; beside src/. */
const SAMPLES = fileURLToPath(new URL('../../../samples/', import.meta.url));

const manifestSchema = z.object({
  tenants: z.array(
    z.object({
      id: z.string(),
      policyCode: z.string(),
      name: z.string(),
      country: z.string(),
      contact: z.string(),
      files: z.array(
        z.object({
          kind: z.string(),
          file: z.string(),
          dataset: z.string().optional(),
          mapping: z.string().optional(),
        }),
      ),
      person: z.object({ email: z.string() }),
    }),
  ),
});
type SampleTenant = z.infer<typeof manifestSchema>['tenants'][number];

/** A tenant of the demo and the person whose bundles it builds. */
export interface DemoTenant {
  readonly id: string;
  readonly name: string;
  readonly policyCode: string;
  readonly subjectId: string;
  /** By which the person signs in. */
  readonly email: string;
  readonly records: number;
}

/** Imports the sample files of every tenant; a second run changes nothing. */
export async function importSamples(gateway: Gateway, signal: AbortSignal): Promise<DemoTenant[]> {
  const { tenants } = manifestSchema.parse(JSON.parse(await readFile(join(SAMPLES, 'manifest.json'), 'utf8')));
  const imported: DemoTenant[] = [];
  for (const tenant of tenants) imported.push(await importTenant(gateway, tenant, signal));
  return imported;
}

async function importTenant(
  { database, policies, blobs, clock }: Gateway,
  tenant: SampleTenant,
  signal: AbortSignal,
): Promise<DemoTenant> {
  const { id, policyCode, name, country, contact, files, person } = tenant;
  await withTransaction(database.pool, id, (writer) =>
    writer.execute(
      sql`INSERT INTO tenant (tenant_id, policy_code, name, country, contact) VALUES (${id}, ${policyCode}, ${name}, ${country}, ${contact}) ON CONFLICT DO NOTHING`,
    ),
  );
  let records = 0;
  for (const { kind, file, dataset, mapping } of files) {
    const report = await importFile({
      pool: database.pool,
      policies,
      blobs,
      clock,
      signal,
      kind,
      file: join(SAMPLES, file),
      tenant: id,
      dataset,
      mapping: mapping === undefined ? undefined : join(SAMPLES, mapping),
    });
    records += report.rows;
  }
  const named = namedBy(person.email, country);
  const [subject] =
    named === null
      ? []
      : await withSnapshot(database.pool, id, (reader) =>
          reader.query<{ id: string }>(
            sql`SELECT i.subject_id AS id FROM subject_identifier i WHERE i.tenant_id = ${id} AND ${named}`,
          ),
        );
  if (subject === undefined)
    throw new CarryallError('NOT_FOUND', `The samples of ${id} name a person whom they do not hold.`);
  return { id, name, policyCode, subjectId: subject.id, email: person.email, records };
}
