import type { InstructedUse } from '../access/instructed.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import type { Instruction } from '../policy/disposition.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/** What the controllers of a person's data have told the operator to do with it, as it stands at one moment. */
export interface Instructions {
  readonly ids: readonly string[];
  /** What may leave: that which every one of them lets go. */
  readonly release: Instruction | null;
  /** What may be looked at, controller by controller. */
  readonly uses: readonly (readonly InstructedUse[])[];
}

export const NO_INSTRUCTIONS: Instructions = { ids: [], release: null, uses: [] };

/**
 * Whether the instructions for a person hold for rows in a relation. In rows of other people, where one is only the other party
 * of a call, those people's controllers decide; which they are is not looked up, so nothing is instructed.
 */
export function holdIn(relation: Relation): boolean {
  return relation !== 'CALL_COUNTERPARTY';
}

interface Found {
  readonly organisation: string;
  readonly name: string;
  readonly id: string | null;
  readonly items: readonly string[];
  readonly purpose: string;
  readonly exportAllowed: boolean;
}

/**
 * The instructions of the organisations to which a person belongs, valid at `now`. A person's rows do not tell for which of
 * several organisations they were made, so only what all of them say holds; of nobody's customer nothing does.
 */
export async function instructionsFor(
  reader: Reader,
  subject: { readonly tenantId: string; readonly subjectId: string },
  now: Date,
): Promise<Instructions> {
  const { tenantId, subjectId } = subject;
  const rows = await reader.query<Found>(sql`
    SELECT o.id AS organisation, coalesce(o.legal_name, o.name) AS name, i.id, i.items, i.purpose, i.export_allowed AS "exportAllowed"
    FROM organisation o LEFT JOIN processing_instruction i ON i.tenant_id = o.tenant_id AND i.organisation_id = o.id
      AND i.valid_from <= ${now.toISOString()}::timestamptz AND (i.valid_to > ${now.toISOString()}::timestamptz) IS NOT FALSE
      AND i.revoked_at IS NULL
    WHERE o.tenant_id = ${tenantId} AND o.id IN (
      SELECT organisation_id FROM membership WHERE tenant_id = ${tenantId} AND subject_id = ${subjectId}
      UNION ALL SELECT organisation_id FROM end_user WHERE tenant_id = ${tenantId} AND subject_id = ${subjectId})
    ORDER BY o.id, i.id`);
  return standingOf(rows);
}

function standingOf(rows: readonly Found[]): Instructions {
  const controllers = [...Map.groupBy(rows, ({ organisation }) => organisation).values()];
  const uses = controllers.map((each) => each.filter(({ id }) => id !== null));
  const [first = new Set<string>(), ...others] = uses.map(
    (each) => new Set(each.filter(({ exportAllowed }) => exportAllowed).flatMap(({ items }) => items)),
  );
  const items = [...others.reduce((all, each) => all.intersection(each), first)].toSorted();
  const onBehalfOf = controllers.flatMap(([one]) => (one === undefined ? [] : [one.name])).join(', ');
  return {
    ids: uses.flat().flatMap(({ id }) => (id === null ? [] : [id])),
    release: items.length === 0 ? null : { exportAllowed: true, onBehalfOf, items },
    uses: uses.map((each) => each.map(({ purpose, items: of }) => ({ purpose, items: of }))),
  };
}
