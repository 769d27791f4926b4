import type { ModelName } from '../../catalogue/dataset.ts';
import { datasetOf } from '../../catalogue/look-up.ts';
import { CarryallError, type Fault } from '../../errors.ts';
import type { SubjectKey } from '../../holdings/subject-path.ts';
import type { ForeignKey } from '../../store/foreign-keys.ts';
import type { Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import { isOwn } from './ownership.ts';
import type { Placeholders } from './placeholder.ts';
import type { Receipt } from './report.ts';
import { columnOf, stageOf, tableOf, type Stage } from './stage.ts';

/** The source of rows that stand here only because others name them. */
const SOURCE = 'carryall-bundle';

/** What the links of a bundle are settled with. */
export interface LinkRules {
  readonly subject: SubjectKey;
  readonly keys: readonly ForeignKey[];
  readonly required: ReadonlyMap<ModelName, readonly string[]>;
  readonly placeholders: Placeholders;
}

/**
 * Sees to it that every row which a staged one names is there. A row of the store must be the person's own: a bundle never
 * ties anybody to what others hold here. A row that is nowhere gets a stub with its id, so that what belongs together stays
 * together; where that cannot be, the link is cleared. Throws IMPORT_REFUSED.
 */
export async function settleLinks(writer: Writer, stage: Stage, rules: LinkRules, receipt: Receipt): Promise<void> {
  const links = rules.keys.filter(
    ({ child, field, parent }) =>
      parent !== 'Subject' && stage.models.includes(child) && stage.carried(child).includes(field),
  );
  const faults: Fault[] = [];
  for (const link of links) {
    const path = `${datasetOf(link.child).name}.${link.field}`;
    const foreign = await countForeign(writer, link, rules.subject);
    if (foreign > 0)
      faults.push({
        path,
        reason: `in ${foreign} rows names ${datasetOf(link.parent).name} here that are not this person's`,
      });
  }
  if (faults.length > 0) throw refused(faults);
  for (const link of links) {
    const stub = stubOf(link.parent, rules);
    if (stub !== null) receipt.stub(datasetOf(link.parent).name, await writer.execute(stub(missing(stage, link))));
    else faults.push(...(await clear(writer, stage, link, receipt)));
  }
  if (faults.length > 0) throw refused(faults);
}

async function countForeign(
  writer: Writer,
  { child, field, parent }: ForeignKey,
  subject: SubjectKey,
): Promise<number> {
  const [row] = await writer.query<{ foreign: number }>(sql`
    SELECT count(*)::int AS foreign FROM ${stageOf(child)} s
    JOIN ${tableOf(parent)} p ON p.tenant_id = ${subject.tenantId} AND p.id = s.${columnOf(field)}
    WHERE NOT (${isOwn(datasetOf(parent), subject, 'p')})`);
  return row?.foreign ?? 0;
}

/** The ids that the rows of a link name and that are nowhere on the stage. */
function missing(stage: Stage, { child, field, parent }: ForeignKey): Sql {
  const staged = stage.models.includes(parent)
    ? sql`AND NOT EXISTS (SELECT FROM ${stageOf(parent)} p WHERE p.id = s.${columnOf(field)})`
    : sql.empty;
  return sql`SELECT DISTINCT s.${columnOf(field)} AS id FROM ${stageOf(child)} s WHERE s.${columnOf(field)} IS NOT NULL ${staged}`;
}

/** The statement that makes stubs of a model; null for one whose rows must name others themselves. */
function stubOf(parent: ModelName, { subject, keys, required, placeholders }: LinkRules): ((ids: Sql) => Sql) | null {
  const { fields } = datasetOf(parent);
  if (keys.some((key) => key.child === parent && !key.optional && key.parent !== 'Subject')) return null;
  const columns: Sql[] = [];
  const values: Sql[] = [];
  const put = (field: string, value: Sql): void => {
    columns.push(columnOf(field));
    values.push(value);
  };
  if ('subjectId' in fields) put('subjectId', sql`${subject.subjectId}`);
  if ('sourceSystem' in fields) put('sourceSystem', sql`${SOURCE}`);
  for (const field of required.get(parent) ?? []) {
    const value = placeholders(parent, field);
    if (value === null) return null;
    put(field, value);
  }
  return (ids) => sql`
    INSERT INTO ${tableOf(parent)} (tenant_id, id${sql.join(
      columns.map((column) => sql`, ${column}`),
      sql.empty,
    )})
    SELECT ${subject.tenantId}, missing.id${sql.join(
      values.map((value) => sql`, ${value}`),
      sql.empty,
    )} FROM (${ids}) missing
    ON CONFLICT (tenant_id, id) DO NOTHING`;
}

async function clear(writer: Writer, stage: Stage, link: ForeignKey, receipt: Receipt): Promise<Fault[]> {
  const { child, field, parent, optional } = link;
  const path = `${datasetOf(child).name}.${field}`;
  const column = columnOf(field);
  const nowhere = sql`s.${column} IN (${missing(stage, link)}) AND NOT EXISTS (
    SELECT FROM ${tableOf(parent)} p WHERE p.tenant_id = s.tenant_id AND p.id = s.${column})`;
  if (!optional) {
    const [row] = await writer.query<{ rows: number }>(
      sql`SELECT count(*)::int AS rows FROM ${stageOf(child)} s WHERE ${nowhere}`,
    );
    const rows = row?.rows ?? 0;
    return rows === 0
      ? []
      : [{ path, reason: `in ${rows} rows names ${datasetOf(parent).name} that are not in the bundle` }];
  }
  const cleared = await writer.execute(sql`UPDATE ${stageOf(child)} AS s SET ${column} = NULL WHERE ${nowhere}`);
  receipt.leftOut(path, cleared, 'the link, for what it names is not in the bundle');
  return [];
}

function refused(faults: readonly Fault[]): CarryallError {
  return new CarryallError(
    'IMPORT_REFUSED',
    'The bundle names rows that cannot be tied to this person. Nothing was written.',
    { faults },
  );
}
