import { datasets, sqlName, type AnyDataset } from '../catalogue/look-up.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { table } from './subject-path.ts';

/** A foreign key between two datasets, as the database has it. */
export interface Edge {
  readonly child: AnyDataset;
  readonly parent: AnyDataset;
  readonly column: string;
  /** A row that may be without its parent. */
  readonly optional: boolean;
}

/** The foreign keys between datasets; those to tenants and subjects do not count, for neither is ever swept. */
export async function readEdges(reader: Reader): Promise<Edge[]> {
  const rows = await reader.query<{ child: string; parent: string; column_name: string; optional: boolean }>(sql`
    SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent, a.attname AS column_name, NOT a.attnotnull AS optional
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace AND a.attname <> 'tenant_id' ORDER BY 1, 2, 3`);
  const byTable = new Map(datasets.map((dataset) => [sqlName(dataset.model), dataset]));
  return rows.flatMap(({ child, parent, column_name, optional }) => {
    const from = byTable.get(child);
    const to = byTable.get(parent);
    if (from === undefined || to === undefined || to.model === 'Subject' || to.model === 'Tenant') return [];
    return [{ child: from, parent: to, column: column_name, optional }];
  });
}

function pointsTo({ column }: Edge): Sql {
  return sql`c.tenant_id = t.tenant_id AND ${sql.identifier('c', column)} = t.id`;
}

function isSwept(dataset: AnyDataset, alias: string): Sql {
  return sql`EXISTS (SELECT 1 FROM swept s WHERE s.model = ${dataset.model} AND s.id = ${sql.identifier(alias, 'id')})`;
}

/** Marks what cannot be without a marked row, until nothing is added. */
export async function markDependants(writer: Writer, tenantId: string, edges: readonly Edge[]): Promise<void> {
  for (let added = 1; added > 0; ) {
    added = 0;
    for (const { child, parent, column, optional } of edges) {
      if (optional) continue;
      added += await writer.execute(sql`INSERT INTO swept SELECT ${child.model}, c.id FROM ${table(child)} c
        JOIN swept s ON s.model = ${parent.model} AND s.id = ${sql.identifier('c', column)}
        WHERE c.tenant_id = ${tenantId} ON CONFLICT DO NOTHING`);
    }
  }
}

/** Unmarks what a law holds, and what held rows cannot be without, until nothing is taken away. */
export async function unmarkHeld(writer: Writer, tenantId: string, edges: readonly Edge[], now: Date): Promise<void> {
  for (const dataset of datasets) {
    if (dataset.model === 'Tenant') continue;
    const whole = 'subjectId' in dataset.fields ? sql`OR (h.row_id IS NULL AND h.subject_id = t.subject_id)` : sql.empty;
    await writer.execute(sql`DELETE FROM swept s USING ${table(dataset)} t, legal_hold h
      WHERE s.model = ${dataset.model} AND t.tenant_id = ${tenantId} AND t.id = s.id
        AND h.tenant_id = ${tenantId} AND h.dataset = ${dataset.name} AND (h.until IS NULL OR h.until > ${now.toISOString()}::timestamptz)
        AND (h.row_id = s.id ${whole})`);
  }
  for (let taken = 1; taken > 0; ) {
    taken = 0;
    for (const edge of edges) {
      if (edge.optional) continue;
      taken += await writer.execute(sql`DELETE FROM swept s USING ${table(edge.parent)} t
        WHERE s.model = ${edge.parent.model} AND t.tenant_id = ${tenantId} AND t.id = s.id
          AND EXISTS (SELECT 1 FROM ${table(edge.child)} c WHERE ${pointsTo(edge)} AND NOT ${isSwept(edge.child, 'c')})`);
    }
  }
}

/** Deletes what is marked, dependants first; rows that merely point at it forget it. Returns how many rows, by dataset. */
export async function deleteMarked(writer: Writer, tenantId: string, edges: readonly Edge[]): Promise<Record<string, number>> {
  for (const edge of edges) {
    if (!edge.optional) continue;
    await writer.execute(sql`UPDATE ${table(edge.child)} c SET ${sql.identifier(edge.column)} = NULL FROM ${table(edge.parent)} t
      WHERE t.tenant_id = ${tenantId} AND ${pointsTo(edge)} AND ${isSwept(edge.parent, 't')}`);
  }
  const deleted: Record<string, number> = {};
  for (const dataset of dependantsFirst(edges)) {
    const count = await writer.execute(sql`DELETE FROM ${table(dataset)} t WHERE t.tenant_id = ${tenantId} AND ${isSwept(dataset, 't')}`);
    if (count > 0) deleted[dataset.name] = count;
  }
  return deleted;
}

function dependantsFirst(edges: readonly Edge[]): AnyDataset[] {
  const order: AnyDataset[] = [];
  const seen = new Set<AnyDataset>();
  const visit = (dataset: AnyDataset): void => {
    if (seen.has(dataset)) return;
    seen.add(dataset);
    for (const { child, parent } of edges) if (parent === dataset) visit(child);
    order.push(dataset);
  };
  for (const dataset of datasets) if (dataset.model !== 'Tenant' && dataset.model !== 'Subject') visit(dataset);
  return order;
}
