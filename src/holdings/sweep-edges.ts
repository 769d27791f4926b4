import type { ModelName } from '../catalogue/dataset.ts';
import { datasetOf, datasets, sqlName } from '../catalogue/look-up.ts';
import { parentsFirst, type ForeignKey } from '../store/foreign-keys.ts';
import type { Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { column, table } from './subject-path.ts';

/** What a sweep may delete: neither tenants nor the keys by which people are still found. */
const SWEPT = datasets.map(({ model }) => model).filter((model) => model !== 'Tenant' && model !== 'Subject');

function pointsTo({ field }: ForeignKey): Sql {
  return sql`c.tenant_id = t.tenant_id AND ${column('c', field)} = t.id`;
}

function isSwept(model: ModelName, alias: string): Sql {
  return sql`EXISTS (SELECT 1 FROM swept s WHERE s.model = ${model} AND s.id = ${sql.identifier(alias, 'id')})`;
}

function tableOf(model: ModelName): Sql {
  return table(datasetOf(model));
}

/** The models of which something is marked: the others are let be, for not from all of them may be deleted. */
export async function readMarked(writer: Writer): Promise<ReadonlySet<string>> {
  const rows = await writer.query<{ model: string }>(sql`SELECT DISTINCT model FROM swept`);
  return new Set(rows.map(({ model }) => model));
}

/** Marks what cannot be without a marked row, until nothing is added. */
export async function markDependants(writer: Writer, tenantId: string, keys: readonly ForeignKey[]): Promise<void> {
  for (let added = 1; added > 0;) {
    added = 0;
    for (const { child, field, parent, optional } of keys) {
      if (optional) continue;
      added += await writer.execute(sql`INSERT INTO swept SELECT ${child}, c.id FROM ${tableOf(child)} c
        JOIN swept s ON s.model = ${parent} AND s.id = ${column('c', field)}
        WHERE c.tenant_id = ${tenantId} ON CONFLICT DO NOTHING`);
    }
  }
}

/** Unmarks what rows that stay cannot be without, until nothing is taken away. */
export async function unmarkNeeded(writer: Writer, tenantId: string, keys: readonly ForeignKey[]): Promise<void> {
  for (let taken = 1; taken > 0;) {
    taken = 0;
    for (const key of keys) {
      if (key.optional) continue;
      taken += await writer.execute(sql`DELETE FROM swept s USING ${tableOf(key.parent)} t
        WHERE s.model = ${key.parent} AND t.tenant_id = ${tenantId} AND t.id = s.id
          AND EXISTS (SELECT 1 FROM ${tableOf(key.child)} c WHERE ${pointsTo(key)} AND NOT ${isSwept(key.child, 'c')})`);
    }
  }
}

/** Deletes what is marked, dependants first; rows that merely point at it forget it. Returns how many rows, by dataset. */
export async function deleteMarked(
  writer: Writer,
  tenantId: string,
  keys: readonly ForeignKey[],
): Promise<Record<string, number>> {
  for (const key of keys) {
    if (!key.optional) continue;
    await writer.execute(sql`UPDATE ${tableOf(key.child)} c SET ${sql.identifier(sqlName(key.field))} = NULL FROM ${tableOf(key.parent)} t
      WHERE t.tenant_id = ${tenantId} AND ${pointsTo(key)} AND ${isSwept(key.parent, 't')}`);
  }
  const deleted: Record<string, number> = {};
  const marked = await readMarked(writer);
  for (const model of parentsFirst(SWEPT, keys).toReversed()) {
    if (!marked.has(model)) continue;
    const count = await writer.execute(
      sql`DELETE FROM ${tableOf(model)} t WHERE t.tenant_id = ${tenantId} AND ${isSwept(model, 't')}`,
    );
    if (count > 0) deleted[datasetOf(model).name] = count;
  }
  return deleted;
}
