import type { ModelName } from '../../catalogue/dataset.ts';
import { datasetOf } from '../../catalogue/look-up.ts';
import type { Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { DatasetCounts, Tally } from '../report.ts';
import { type ForeignKey, parentsFirst } from '../../store/foreign-keys.ts';
import { columnOf, type Shape, type Stage, stageOf, tableOf } from './stage.ts';

/** Moves the staged rows into their tables, parents first, and counts what changed. */
export async function storeStage(
  writer: Writer,
  stage: Stage,
  keys: readonly ForeignKey[],
  tally: Tally,
): Promise<void> {
  for (const model of parentsFirst(stage.models, keys)) {
    let counts: DatasetCounts = { inserted: 0, updated: 0, unchanged: 0 };
    for (const { shape, index } of stage.shapesOf(model))
      counts = sum(counts, await upsert(writer, model, shape, index));
    if (counts.inserted + counts.updated + counts.unchanged > 0) tally.byDataset[datasetOf(model).name] = counts;
  }
}

async function upsert(writer: Writer, model: ModelName, shape: Shape, index: number): Promise<DatasetCounts> {
  const columns = sql.join(shape.fields.map(columnOf));
  const written = shape.fields.filter((field) => field !== 'tenantId' && field !== 'id');
  const after = (field: string): Sql =>
    shape.assumed.includes(field)
      ? sql`COALESCE(t.${columnOf(field)}, EXCLUDED.${columnOf(field)})`
      : sql`EXCLUDED.${columnOf(field)}`;
  const changes = sql.join(written.map((field) => sql`${columnOf(field)} = ${after(field)}`));
  const isChanged = sql`ROW(${sql.join(written.map((field) => sql`t.${columnOf(field)}`))}) IS DISTINCT FROM ROW(${sql.join(written.map(after))})`;
  const [row] = await writer.query<{ inserted: number; updated: number; staged: number }>(sql`
    WITH done AS (
      INSERT INTO ${tableOf(model)} AS t (${columns})
      SELECT ${columns} FROM ${stageOf(model)} WHERE import_shape = ${index}
      ON CONFLICT (tenant_id, id) DO UPDATE SET ${changes} WHERE ${isChanged}
      RETURNING t.xmax = 0 AS is_new
    )
    SELECT count(*) FILTER (WHERE is_new)::int AS inserted, count(*) FILTER (WHERE NOT is_new)::int AS updated,
      (SELECT count(*)::int FROM ${stageOf(model)} WHERE import_shape = ${index}) AS staged
    FROM done`);
  const { inserted = 0, updated = 0, staged = 0 } = row ?? {};
  return { inserted, updated, unchanged: staged - inserted - updated };
}

function sum(one: DatasetCounts, other: DatasetCounts): DatasetCounts {
  return {
    inserted: one.inserted + other.inserted,
    updated: one.updated + other.updated,
    unchanged: one.unchanged + other.unchanged,
  };
}

/** Takes back the people whom only refused records named, and counts those that stay. */
export async function settleNewSubjects(writer: Writer, stage: Stage, tenant: string, tally: Tally): Promise<void> {
  const staged = stage.models.filter((model) => 'subjectId' in datasetOf(model).fields);
  const isUsed = staged.map((model) => sql`AND NOT EXISTS (SELECT FROM ${stageOf(model)} s WHERE s.subject_id = n.id)`);
  const gone = await writer.query<{ id: string }>(sql`
    DELETE FROM import_subject n USING import_bad b WHERE n.place = b.place ${sql.join(isUsed, sql` `)} RETURNING n.id`);
  const ids = gone.map(({ id }) => id);
  await writer.execute(sql`DELETE FROM subject_identifier WHERE tenant_id = ${tenant} AND subject_id = ANY(${ids})`);
  await writer.execute(sql`DELETE FROM subject WHERE tenant_id = ${tenant} AND id = ANY(${ids})`);
  const [row] = await writer.query<{ count: number }>(sql`SELECT count(*)::int AS count FROM import_subject`);
  tally.subjectsCreated = row?.count ?? 0;
}
