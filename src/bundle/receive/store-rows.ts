import type { ModelName } from '../../catalogue/dataset.ts';
import { columnType, datasetOf } from '../../catalogue/look-up.ts';
import { CarryallError, type Fault } from '../../errors.ts';
import { sqlState } from '../../store/failure.ts';
import { parentsFirst } from '../../store/foreign-keys.ts';
import type { Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { LinkRules } from './links.ts';
import { membershipField } from './ownership.ts';
import type { Receipt } from './report.ts';
import { columnOf, stageOf, tableOf, type Stage } from './stage.ts';

const UNIQUE_VIOLATION = '23505';

/** A column of a model as the bundle leaves it: carried or not, and what to write where a row lacks it. */
interface Gap {
  readonly field: string;
  readonly carried: boolean;
  readonly placeholder: Sql | null;
}

/**
 * Leaves out rows of context that cannot be without what the bundle lacks: they only complete others. Throws BAD_INPUT that
 * names what rows of data lack.
 */
export async function fillGaps(writer: Writer, stage: Stage, rules: LinkRules, receipt: Receipt): Promise<void> {
  const faults: Fault[] = [];
  for (const model of stage.models) {
    const { name } = datasetOf(model);
    for (const { field, carried, placeholder } of gapsOf(stage, model, rules)) {
      const lacks = carried ? sql`s.${columnOf(field)} IS NULL` : sql`true`;
      if (placeholder === null) {
        const gone = await writer.execute(sql`DELETE FROM ${stageOf(model)} s WHERE ${lacks} AND NOT s.in_data`);
        receipt.leftOut(name, gone, `${field} is not in the bundle`);
      }
      const [row] = await writer.query<{ rows: number }>(
        sql`SELECT count(*)::int AS rows FROM ${stageOf(model)} s WHERE ${lacks}`,
      );
      const rows = row?.rows ?? 0;
      if (placeholder !== null) receipt.filled(`${name}.${field}`, rows);
      else if (rows > 0) faults.push({ path: `${name}.${field}`, reason: `is missing in ${rows} rows` });
    }
  }
  if (faults.length === 0) return;
  throw new CarryallError(
    'BAD_INPUT',
    'The bundle lacks what no row here can be without. Nothing was written; an archive (ZIP) has the files that a document lacks.',
    { faults },
  );
}

function gapsOf(stage: Stage, model: ModelName, { required, placeholders }: LinkRules): readonly Gap[] {
  const carried = stage.carried(model);
  const inRow = carried.filter((field) => field !== 'id' && columnType(model, field).required);
  const absent = (required.get(model) ?? []).filter((field) => !carried.includes(field));
  return [...inRow, ...absent].map((field) => ({
    field,
    carried: carried.includes(field),
    placeholder: placeholders(model, field),
  }));
}

/** Moves the staged rows into their tables, parents first, as rows of this person. Throws IMPORT_REFUSED. */
export async function storeRows(writer: Writer, stage: Stage, rules: LinkRules, receipt: Receipt): Promise<void> {
  for (const model of parentsFirst(stage.models, rules.keys)) {
    const { name } = datasetOf(model);
    try {
      receipt.inserted(name, await writer.execute(insertOf(stage, model, rules)));
    } catch (cause) {
      if (sqlState(cause) !== UNIQUE_VIOLATION) throw cause;
      throw new CarryallError(
        'IMPORT_REFUSED',
        `${name} of the bundle hold what somebody else has here and only one can have. Nothing was written.`,
        { cause },
      );
    }
  }
  for (const model of stage.models) await joinOrganisations(writer, model, rules, receipt);
}

function insertOf(stage: Stage, model: ModelName, rules: LinkRules): Sql {
  const { subject } = rules;
  const gaps = new Map(gapsOf(stage, model, rules).map((gap) => [gap.field, gap]));
  const values = new Map<string, Sql>([['tenantId', sql`${subject.tenantId}`]]);
  if ('subjectId' in datasetOf(model).fields) values.set('subjectId', sql`${subject.subjectId}`);
  for (const field of stage.carried(model)) values.set(field, sql`s.${columnOf(field)}`);
  for (const { field, carried, placeholder } of gaps.values()) {
    if (placeholder !== null)
      values.set(field, carried ? sql`COALESCE(s.${columnOf(field)}, ${placeholder})` : placeholder);
  }
  return sql`
    INSERT INTO ${tableOf(model)} (${sql.join([...values.keys()].map(columnOf))})
    SELECT ${sql.join([...values.values()])} FROM ${stageOf(model)} s`;
}

/** An organisation reaches a person only by membership: who received one and has none gets the least that there is. */
async function joinOrganisations(
  writer: Writer,
  model: ModelName,
  { subject }: LinkRules,
  receipt: Receipt,
): Promise<void> {
  const field = membershipField(datasetOf(model));
  if (field === null) return;
  const { tenantId, subjectId } = subject;
  const joined = await writer.execute(sql`
    INSERT INTO membership (tenant_id, id, subject_id, source_system, organisation_id, role, assigned_by)
    SELECT ${tenantId}, 'membership_' || encode(substring(sha256(convert_to(o.id || ' ' || ${subjectId}, 'UTF8')) FOR 15), 'hex'),
      ${subjectId}, 'carryall-bundle', o.id, 'OTHER', 'SYSTEM'
    FROM (SELECT DISTINCT s.${columnOf(field)} AS id FROM ${stageOf(model)} s) o
    WHERE NOT EXISTS (SELECT FROM membership m WHERE m.tenant_id = ${tenantId} AND m.subject_id = ${subjectId} AND m.organisation_id = o.id)`);
  receipt.stub(datasetOf('Membership').name, joined);
}
