import { wordFields, type AnyDataset } from '../catalogue/look-up.ts';
import { RecordedParties } from '../generated/prisma/enums.ts';
import { sql, type Sql } from '../store/sql.ts';
import { column } from './subject-path.ts';

/** One combination of the words that a dataset's declarations depend on; empty for datasets that depend on none. */
export type Words = ReadonlyMap<string, string>;

const known = new WeakMap<AnyDataset, readonly Words[]>();

/** Every combination of words that a row of the dataset can have. */
export function variantsOf(dataset: AnyDataset): readonly Words[] {
  const variants = known.get(dataset) ?? combine(dataset);
  known.set(dataset, variants);
  return variants;
}

function combine(dataset: AnyDataset): readonly Words[] {
  let variants: Map<string, string>[] = [new Map()];
  for (const field of wordFields(dataset)) {
    const words = wordsOf(dataset, field);
    variants = variants.flatMap((variant) => words.map((word) => new Map([...variant, [field, word]])));
  }
  return variants;
}

function wordsOf(dataset: AnyDataset, field: string): readonly string[] {
  if (field === dataset.parties) return Object.values(RecordedParties);
  for (const entry of Object.values(dataset.fields)) {
    if (entry.kind !== 'personal') continue;
    if ('by' in entry.items && entry.items.by === field) return Object.keys(entry.items.of);
    if (typeof entry.provenance !== 'string' && entry.provenance.by === field) return Object.keys(entry.provenance.of);
  }
  return [];
}

/** The condition under which a row has one of these combinations; null when it always has. */
export function isVariant(dataset: AnyDataset, variants: readonly Words[], row = 't'): Sql | null {
  if (variants.length === variantsOf(dataset).length) return null;
  if (variants.length === 0) return sql`false`;
  const each = variants.map(
    (words) =>
      sql`(${sql.join(
        [...words].map(([field, word]) => sql`${column(row, field)}::text = ${word}`),
        sql` AND `,
      )})`,
  );
  return sql`(${sql.join(each, sql` OR `)})`;
}

/** One expression that is, for each group of combinations, that group's; NULL for combinations in no group. */
export function byVariant(
  dataset: AnyDataset,
  groups: readonly { readonly variants: readonly Words[]; readonly is: Sql }[],
  row = 't',
): Sql {
  const [only] = groups;
  if (only === undefined) return sql`NULL`;
  if (groups.length === 1 && isVariant(dataset, only.variants, row) === null) return only.is;
  const cases = groups.map(
    ({ variants, is }) => sql`WHEN ${isVariant(dataset, variants, row) ?? sql`true`} THEN ${is}`,
  );
  return sql`CASE ${sql.join(cases, sql` `)} END`;
}
