import { join } from 'node:path';
import type pg from 'pg';
import { openWitness, type Kind, type Witness } from '../../src/bundle/witness/witness.ts';
import { datasets } from '../../src/catalogue/look-up.ts';
import { RELATIONS } from '../../src/catalogue/vocabulary.ts';
import { ownedBy, table } from '../../src/holdings/subject-path.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { withSnapshot, type Reader } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { seedEveryDataset } from '../bundle/seed.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

/** Every dataset in every relation of the catalogue, with a name for tests. */
export const KINDS: readonly (Kind & { readonly name: string })[] = datasets.flatMap((dataset) =>
  RELATIONS.filter((relation) => dataset.subjects[relation] !== undefined).map((relation) => ({
    dataset,
    relation,
    name: `${dataset.name} as ${relation}`,
  })),
);

export function kindNamed(name: string): Kind {
  const kind = KINDS.find((each) => each.name === name);
  if (kind === undefined) throw new TypeError(name);
  return kind;
}

/** A database where Ann and Bob have rows in every dataset, and each is the contact and the counterparty of the other. */
export interface People extends AsyncDisposable {
  readonly pool: pg.Pool;
}

const PHONES = { ann: '+31612345678', bob: '+31687654321' } as const;

export async function openPeople(): Promise<People> {
  await using parts = new AsyncDisposableStack();
  const { pool } = parts.use(await openTestDatabase());
  const folder = parts.use(openTemporaryFolder()).path;
  const prisma = createPrisma(pool);
  parts.defer(() => prisma.$disconnect());
  const blobs = openBlobFolder(join(folder, 'blobs'));
  for (const tenantId of ['cp', 'cx'] as const) {
    await prisma.tenant.create({ data: { tenantId, policyCode: tenantId.toUpperCase(), name: tenantId } });
    for (const subjectId of ['ann', 'bob'] as const) {
      const other = PHONES[subjectId === 'ann' ? 'bob' : 'ann'];
      await seedEveryDataset(prisma, {
        tenantId,
        subjectId,
        // The other operator's Ann has rows of her own, under ids that this operator's Bob has too.
        prefix: tenantId === 'cp' ? subjectId : { ann: 'bob', bob: 'ann' }[subjectId],
        phone: PHONES[subjectId],
        blobs,
        fill: ({ dataset, entry }) =>
          dataset.model === 'CallRecord' && entry.kind === 'personal' && entry.format === 'phone' ? other : undefined,
      });
    }
  }
  for (const contact of ['technical_contact', 'billing_contact']) {
    await pool.query(`UPDATE ${contact} SET contact_subject_id = CASE subject_id WHEN 'ann' THEN 'bob' ELSE 'ann' END`);
  }
  const later = parts.move();
  return { pool, [Symbol.asyncDispose]: () => later.disposeAsync() };
}

/** The ids of a person's rows, as a bundle finds them. */
export async function idsOf(reader: Reader, { dataset, relation }: Kind, subjectId: string): Promise<string[]> {
  const owned = ownedBy(dataset, relation, { tenantId: 'cp', subjectId });
  const rows = await reader.query<{ id: string }>(
    sql`SELECT t.id FROM ${table(dataset)} t WHERE ${owned ?? sql`false`}`,
  );
  return rows.map(({ id }) => id);
}

/** Runs `look` with a witness for Ann on a snapshot whose own connection is busy, as it is while rows flow, or free. */
export function asAnn<T>(
  pool: pg.Pool,
  look: (witness: Witness, reader: Reader) => Promise<T>,
  isIdle = false,
): Promise<T> {
  return withSnapshot(pool, 'cp', async (reader) => {
    const seen: Reader = {
      query: (fragment) => reader.query(fragment),
      copyOut: (...copy) => reader.copyOut(...copy),
      isIdle: () => isIdle,
    };
    await using witness = await openWitness(pool, seen, { tenantId: 'cp', subjectId: 'ann' });
    return await look(witness, reader);
  });
}

/** Page views, a minute apart. */
export async function addPageViews(pool: pg.Pool, prefix: string, count: number, subjectId = 'ann'): Promise<void> {
  await pool.query(
    `INSERT INTO page_view (tenant_id, id, subject_id, source_system, url, occurred_at)
     SELECT 'cp', $1 || '_' || n, $3, 'web', 'https://example.org/', timestamptz '2026-01-01Z' + n * interval '1 minute'
     FROM generate_series(1, $2::int) n`,
    [prefix, count, subjectId],
  );
}
