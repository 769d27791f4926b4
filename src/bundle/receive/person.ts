import { derivedId } from '../../ids.ts';
import { CarryallError } from '../../errors.ts';
import type { SubjectKey } from '../../holdings/subject-path.ts';
import type { Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { Heading } from './heading.ts';
import { stageOf, type Stage } from './stage.ts';

/** Who the person of a bundle is here. */
export interface ReceivedPerson extends SubjectKey {
  readonly created: boolean;
}

/**
 * Finds the person by e-mail address or telephone number, or makes one: under the id of the bundle, or another where
 * somebody has that id. Ids of accounts and customers join nobody here: each operator counts for itself. Throws
 * IMPORT_REFUSED where the identifiers are those of two people.
 */
export async function settlePerson(
  writer: Writer,
  stage: Stage,
  tenantId: string,
  heading: Heading,
): Promise<ReceivedPerson> {
  const known = stage.models.includes('SubjectIdentifier') ? await knownBy(writer, tenantId) : [];
  const [subjectId] = known;
  if (known.length > 1)
    throw new CarryallError(
      'IMPORT_REFUSED',
      `The identifiers in the bundle are those of ${known.length} people here. Nothing was written: put right who has which, and import it again.`,
    );
  if (subjectId !== undefined) return { tenantId, subjectId, created: false };
  const { subject, tenant } = heading;
  for (const id of [subject.id, derivedId('subject', tenantId, tenant.id, subject.id)]) {
    const made = await writer.execute(
      sql`INSERT INTO subject (tenant_id, id) VALUES (${tenantId}, ${id}) ON CONFLICT DO NOTHING`,
    );
    if (made === 1) return { tenantId, subjectId: id, created: true };
  }
  throw new CarryallError(
    'IMPORT_REFUSED',
    'A bundle about this person was imported before, and names nobody by an e-mail address or telephone number that is known here. Nothing was written.',
  );
}

async function knownBy(writer: Writer, tenantId: string): Promise<readonly string[]> {
  const rows = await writer.query<{ id: string }>(sql`
    SELECT DISTINCT i.subject_id AS id FROM ${stageOf('SubjectIdentifier')} s
    JOIN subject_identifier i ON i.tenant_id = ${tenantId} AND i.kind = s.kind AND i.value = s.value
    WHERE s.kind IN ('EMAIL', 'PHONE')`);
  return rows.map(({ id }) => id);
}
