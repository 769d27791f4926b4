import { datasets } from '../catalogue/look-up.ts';
import { RELATIONS } from '../catalogue/vocabulary.ts';
import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { ownedBy, table, type SubjectKey } from './subject-path.ts';
import { readMarked } from './sweep-edges.ts';

/** Unmarks what a law holds: rows that are named, or all of a person's in a dataset. */
export async function unmarkLegalHolds(writer: Writer, tenantId: string, now: Date): Promise<void> {
  const marked = await readMarked(writer);
  for (const dataset of datasets.filter(({ model }) => marked.has(model))) {
    const whole =
      'subjectId' in dataset.fields ? sql`OR (h.row_id IS NULL AND h.subject_id = t.subject_id)` : sql.empty;
    await writer.execute(sql`DELETE FROM swept s USING ${table(dataset)} t, legal_hold h
      WHERE s.model = ${dataset.model} AND t.tenant_id = ${tenantId} AND t.id = s.id
        AND h.tenant_id = ${tenantId} AND h.dataset = ${dataset.name} AND (h.until IS NULL OR h.until > ${now.toISOString()}::timestamptz)
        AND (h.row_id = s.id ${whole})`);
  }
}

/** Unmarks all that is a person's, in whatever relation. */
export async function unmarkSubject(writer: Writer, subject: SubjectKey): Promise<void> {
  const marked = await readMarked(writer);
  for (const dataset of datasets.filter(({ model }) => marked.has(model))) {
    const owned = RELATIONS.flatMap((relation) => ownedBy(dataset, relation, subject) ?? []);
    if (owned.length === 0) continue;
    await writer.execute(sql`DELETE FROM swept s USING ${table(dataset)} t
      WHERE s.model = ${dataset.model} AND t.tenant_id = ${subject.tenantId} AND t.id = s.id
        AND (${sql.join(owned, sql` OR `)})`);
  }
}
