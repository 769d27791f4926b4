import type { ModelName } from '../../catalogue/dataset.ts';
import { datasetOf } from '../../catalogue/look-up.ts';
import type { Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { Tally } from '../report.ts';
import { type ForeignKey, parentsFirst } from '../../store/foreign-keys.ts';
import { columnOf, type Stage, stageOf, tableOf } from './stage.ts';

/**
 * The checks that need the whole file. What they refuse, they refuse as a record: all its rows leave the stage, and the
 * checks run again until nothing more falls, since other rows may have hung off it.
 */
export async function checkStage(
  writer: Writer,
  stage: Stage,
  keys: readonly ForeignKey[],
  tally: Tally,
): Promise<void> {
  const models = parentsFirst(stage.models, keys);
  for (const model of models) await inheritSubject(writer, model, keys, stage);
  for (let fallen = 1; fallen > 0;) {
    fallen = 0;
    for (const model of models) {
      fallen += await checkModel(
        writer,
        stage,
        model,
        keys.filter(({ child }) => child === model),
        tally,
      );
    }
  }
}

async function checkModel(
  writer: Writer,
  stage: Stage,
  model: ModelName,
  keys: readonly ForeignKey[],
  tally: Tally,
): Promise<number> {
  const refuse = (reason: string, places: Sql): Promise<number> => refusePlaces(writer, stage, tally, reason, places);
  let fallen = await refuse(
    `the ${datasetOf(model).name} row has the id of another row of the file, and other content`,
    await settleTwins(writer, model),
  );
  if ('subjectId' in datasetOf(model).fields) {
    fallen += await refuse(
      'the row names no person, and hangs off no row that does',
      sql`SELECT import_place AS place FROM ${stageOf(model)} WHERE subject_id IS NULL`,
    );
  }
  for (const key of keys) {
    const dangling = sql`${columnOf(key.field)} IS NOT NULL AND NOT ${isKnown(stage, key)}`;
    if (stage.isSoft(model, key.field))
      await writer.execute(sql`UPDATE ${stageOf(model)} AS s SET ${columnOf(key.field)} = NULL WHERE ${dangling}`);
    else
      fallen += await refuse(
        `${key.field} names no row of ${datasetOf(key.parent).name} that is in the file or in the store`,
        sql`SELECT s.import_place AS place FROM ${stageOf(model)} s WHERE ${dangling}`,
      );
  }
  if (model === 'Account') fallen += await refuse('the person has another account already', secondAccounts);
  return fallen;
}

function isKnown(stage: Stage, { field, parent }: ForeignKey): Sql {
  const inStore = sql`EXISTS (SELECT FROM ${tableOf(parent)} p WHERE p.tenant_id = s.tenant_id AND p.id = s.${columnOf(field)})`;
  if (!stage.models.includes(parent)) return inStore;
  return sql`(EXISTS (SELECT FROM ${stageOf(parent)} p WHERE p.id = s.${columnOf(field)}) OR ${inStore})`;
}

// Of rows with one id, the first stays. The others are the same once more, or bad.
async function settleTwins(writer: Writer, model: ModelName): Promise<Sql> {
  await writer.execute(sql`DROP TABLE IF EXISTS import_twin`);
  await writer.execute(sql`
    CREATE TEMP TABLE import_twin ON COMMIT DROP AS
    SELECT s.ctid AS at, s.import_place AS place, to_jsonb(s) - ARRAY['import_place', 'import_shape', 'import_seq'] AS content,
      first_value(to_jsonb(s) - ARRAY['import_place', 'import_shape', 'import_seq']) OVER same AS original, row_number() OVER same AS nth
    FROM ${stageOf(model)} s
    WHERE id IN (SELECT id FROM ${stageOf(model)} GROUP BY id HAVING count(*) > 1)
    WINDOW same AS (PARTITION BY id ORDER BY import_seq ROWS UNBOUNDED PRECEDING)`);
  await writer.execute(
    sql`DELETE FROM ${stageOf(model)} s USING import_twin t WHERE s.ctid = t.at AND t.nth > 1 AND t.content = t.original`,
  );
  return sql`SELECT place FROM import_twin WHERE content <> original`;
}

const secondAccounts = sql`
  SELECT s.import_place AS place FROM import_of_account s
  WHERE EXISTS (SELECT FROM account a WHERE a.tenant_id = s.tenant_id AND a.subject_id = s.subject_id AND a.id <> s.id)
     OR EXISTS (SELECT FROM import_of_account o WHERE o.subject_id = s.subject_id AND o.import_seq < s.import_seq)`;

async function inheritSubject(
  writer: Writer,
  model: ModelName,
  keys: readonly ForeignKey[],
  stage: Stage,
): Promise<void> {
  const { fields, parents = {} } = datasetOf(model);
  if (!('subjectId' in fields)) return;
  for (const { field, parent } of keys.filter((key) => key.child === model && key.field in parents)) {
    const sources = [tableOf(parent), ...(stage.models.includes(parent) ? [stageOf(parent)] : [])];
    for (const source of sources.reverse()) {
      await writer.execute(sql`
        UPDATE ${stageOf(model)} AS s SET subject_id = p.subject_id FROM ${source} AS p
        WHERE s.subject_id IS NULL AND p.tenant_id = s.tenant_id AND p.id = s.${columnOf(field)}`);
    }
  }
}

async function refusePlaces(writer: Writer, stage: Stage, tally: Tally, reason: string, places: Sql): Promise<number> {
  const found = await writer.query<{ place: string }>(sql`
    INSERT INTO import_bad (place) SELECT DISTINCT place FROM (${places}) AS found ON CONFLICT DO NOTHING RETURNING place`);
  for (const { place } of found) tally.refuse(place, reason);
  if (found.length === 0) return 0;
  for (const model of stage.models) {
    await writer.execute(sql`DELETE FROM ${stageOf(model)} s USING import_bad b WHERE s.import_place = b.place`);
  }
  return found.length;
}
