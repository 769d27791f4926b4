import type { ModelName } from '../../catalogue/dataset.ts';
import { datasetOf } from '../../catalogue/look-up.ts';
import { CarryallError, type Fault } from '../../errors.ts';
import type { SubjectKey } from '../../holdings/subject-path.ts';
import type { Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { isOwn } from './ownership.ts';
import { columnOf, stageOf, tableOf, type Stage } from './stage.ts';
import type { Receipt } from './report.ts';

/**
 * Takes the rows off the stage that the store holds already. Throws IMPORT_REFUSED where a row of the store has the id of
 * one of the bundle and is another's, or says something else: nothing held is ever overwritten by a bundle.
 */
export async function dropHeld(writer: Writer, stage: Stage, subject: SubjectKey, receipt: Receipt): Promise<void> {
  if (stage.models.includes('SubjectIdentifier')) await dropKnownIdentifiers(writer, subject, receipt);
  if (stage.models.includes('Account')) await dropSecondAccount(writer, subject, receipt);
  const faults: Fault[] = [];
  for (const model of stage.models) faults.push(...(await dropRows(writer, stage, model, subject, receipt)));
  if (faults.length === 0) return;
  throw new CarryallError('IMPORT_REFUSED', 'The bundle is at odds with what is held here. Nothing was written.', {
    faults,
  });
}

async function dropRows(
  writer: Writer,
  stage: Stage,
  model: ModelName,
  subject: SubjectKey,
  receipt: Receipt,
): Promise<Fault[]> {
  const dataset = datasetOf(model);
  const compared = stage.carried(model).filter((field) => {
    const entry = dataset.fields[field];
    // The digest beside it stands for the file.
    return field !== 'id' && !(entry?.kind === 'personal' && entry.format === 'blob');
  });
  const differs = compared.map((field) => {
    const column = columnOf(field);
    return sql`(s.${column} IS NOT NULL AND s.${column} IS DISTINCT FROM t.${column})`;
  });
  const same = sql`t.tenant_id = ${subject.tenantId} AND t.id = s.id`;
  const [found = { foreign: 0, changed: 0 }] = await writer.query<{ foreign: number; changed: number }>(sql`
    SELECT count(*) FILTER (WHERE NOT own)::int AS foreign, count(*) FILTER (WHERE own AND changed)::int AS changed FROM (
      SELECT (${isOwn(dataset, subject, 't')}) AS own, (${sql.join([sql`false`, ...differs], sql` OR `)}) AS changed
      FROM ${stageOf(model)} s JOIN ${tableOf(model)} t ON ${same}) held`);
  const faults: Fault[] = [];
  const path = dataset.name;
  if (found.foreign > 0)
    faults.push({ path, reason: `${found.foreign} rows have ids of rows that are not this person's` });
  if (found.changed > 0) faults.push({ path, reason: `${found.changed} rows are held here with other content` });
  if (faults.length > 0) return faults;
  const dropped = await writer.execute(sql`DELETE FROM ${stageOf(model)} s USING ${tableOf(model)} t WHERE ${same}`);
  receipt.unchanged(dataset.name, dropped);
  return [];
}

// The same identifier is one row here, whatever id it has at its sender.
async function dropKnownIdentifiers(writer: Writer, subject: SubjectKey, receipt: Receipt): Promise<void> {
  const dropped = await writer.execute(sql`
    DELETE FROM ${stageOf('SubjectIdentifier')} s USING subject_identifier i WHERE i.tenant_id = ${subject.tenantId}
      AND i.subject_id = ${subject.subjectId} AND i.kind = s.kind AND i.value = s.value`);
  receipt.unchanged(datasetOf('SubjectIdentifier').name, dropped);
}

// Who has an account here keeps it: a person has one.
async function dropSecondAccount(writer: Writer, subject: SubjectKey, receipt: Receipt): Promise<void> {
  const dropped = await writer.execute(sql`
    DELETE FROM ${stageOf('Account')} s USING account a
    WHERE a.tenant_id = ${subject.tenantId} AND a.subject_id = ${subject.subjectId} AND a.id <> s.id`);
  receipt.leftOut(datasetOf('Account').name, dropped, 'the person has an account here');
}
