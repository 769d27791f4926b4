import { actorIdOf, type Actor } from '../access/actor.ts';
import { isPurposeKnown } from '../access/declaration.ts';
import { mayInstructFor } from '../access/mandating.ts';
import { reasonOf } from '../access/reason.ts';
import { CarryallError, type Fault } from '../errors.ts';
import { newId } from '../ids.ts';
import type { Policy } from '../policy/schema.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { itemIdsOf } from './items.ts';

/** What a controller tells the operator to do with its data. */
export interface InstructionWish {
  readonly organisationId: string;
  /** Names or ids of items. */
  readonly items: readonly string[];
  readonly purpose: string;
  readonly from: Date;
  readonly until: Date | null;
  readonly exportAllowed: boolean;
  /** Where the controller says so, when somebody else records it. */
  readonly document: string | null;
}

/** An instruction on record. */
export interface InstructionRow extends InstructionWish {
  readonly id: string;
  readonly recordedBy: string;
  readonly recordedAt: Date;
  readonly revokedAt: Date | null;
}

const MOST_LISTED = 100;

const columns: Sql = sql`i.id, i.organisation_id AS "organisationId", i.items, i.purpose, i.valid_from AS "from",
  i.valid_to AS until, i.export_allowed AS "exportAllowed", i.document, i.recorded_by AS "recordedBy",
  i.recorded_at AS "recordedAt", i.revoked_at AS "revokedAt"`;

/**
 * Records an instruction. Throws FORBIDDEN to all but the customer's own staff and an administrator with a document, NOT_FOUND
 * for an organisation that is not the tenant's or not the actor's, and BAD_INPUT with all faults.
 */
export async function recordInstruction(
  writer: Writer,
  policy: Policy,
  actor: Actor,
  wish: InstructionWish,
): Promise<InstructionRow> {
  const document = reasonOf(wish.document ?? '');
  assertSpeaksFor(actor, wish.organisationId, document);
  const { items, faults } = checkWish(policy, { ...wish, document });
  if (faults.length > 0)
    throw new CarryallError(
      'BAD_INPUT',
      `Such an instruction cannot be recorded. ${faults.map(({ path, reason }) => `${path}: ${reason}`).join('; ')}.`,
      { faults },
    );
  const { organisationId, purpose, from, until, exportAllowed } = wish;
  const [row] = await writer.query<InstructionRow>(sql`
    INSERT INTO processing_instruction AS i (tenant_id, id, source_system, organisation_id, items, purpose, export_allowed,
      valid_from, valid_to, document, recorded_by, recorded_at)
    SELECT tenant_id, ${newId('instruction')}, 'carryall', id, ${items}::text[], ${purpose}, ${exportAllowed}::boolean,
      ${from}::timestamptz, ${until}::timestamptz, ${document}, ${actorIdOf(actor)}, now()
    FROM organisation WHERE tenant_id = ${actor.tenant} AND id = ${organisationId} RETURNING ${columns}`);
  if (row === undefined) throw noOrganisation();
  return row;
}

/**
 * Ends an instruction at once; what was revoked before stays so. Throws NOT_FOUND for one that is not there, not the tenant's or
 * of another customer, and FORBIDDEN.
 */
export async function revokeInstruction(writer: Writer, actor: Actor, id: string): Promise<InstructionRow> {
  const [known] = await writer.query<InstructionRow>(sql`SELECT ${columns} FROM processing_instruction i
    WHERE i.tenant_id = ${actor.tenant} AND i.id = ${id} FOR UPDATE`);
  // To take back needs no paper: without an instruction less is done, not more.
  const may = known !== undefined && mayInstructFor(actor, known.organisationId, 'REVOKED');
  if (!may && actor.kind !== 'CONTROLLER_STAFF' && actor.kind !== 'ADMINISTRATOR') throw notForYou();
  if (!may) throw new CarryallError('NOT_FOUND', 'There is no such instruction.');
  const [row] = await writer.query<InstructionRow>(sql`
    UPDATE processing_instruction i SET revoked_at = coalesce(i.revoked_at, now()), revoked_by = coalesce(i.revoked_by, ${actorIdOf(actor)})
    WHERE i.tenant_id = ${actor.tenant} AND i.id = ${id} RETURNING ${columns}`);
  if (row === undefined) throw new TypeError('A locked row is there');
  return row;
}

/**
 * The last hundred instructions of an organisation, the newest first; for its own staff, and for the operator's privacy staff
 * and administrators. Throws FORBIDDEN, and NOT_FOUND for another customer's.
 */
export async function listInstructions(
  reader: Reader,
  actor: Actor,
  organisationId: string,
): Promise<InstructionRow[]> {
  const operators = actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null;
  if (!operators) assertSpeaksFor(actor, organisationId, 'LISTED');
  return reader.query<InstructionRow>(sql`SELECT ${columns} FROM processing_instruction i
    WHERE i.tenant_id = ${actor.tenant} AND i.organisation_id = ${organisationId}
    ORDER BY i.recorded_at DESC, i.id LIMIT ${MOST_LISTED}`);
}

function assertSpeaksFor(actor: Actor, organisationId: string, document: string | null): void {
  if (mayInstructFor(actor, organisationId, document)) return;
  // To a customer there are no other customers.
  if (actor.kind === 'CONTROLLER_STAFF' && actor.organisationId !== null) throw noOrganisation();
  if (actor.kind === 'ADMINISTRATOR')
    throw new CarryallError('BAD_INPUT', 'Name the document in which the controller says so.');
  throw notForYou();
}

function noOrganisation(): CarryallError {
  return new CarryallError('NOT_FOUND', 'There is no such organisation.');
}

function notForYou(): CarryallError {
  return new CarryallError(
    'FORBIDDEN',
    "Instructions are the customer's own staff's, and an administrator's for them.",
  );
}

function checkWish(
  policy: Policy,
  { items, purpose, from, until, document }: InstructionWish,
): { readonly items: readonly string[]; readonly faults: readonly Fault[] } {
  const found = itemIdsOf(policy, items);
  const faults = [...found.faults];
  if (!isPurposeKnown(policy, 'CONTROLLER_STAFF', purpose))
    faults.push({ path: 'purpose', reason: `wanted a purpose of ${policy.code}, or DATA_SUBJECT_REQUEST` });
  if (until !== null && until.getTime() <= from.getTime())
    faults.push({ path: 'until', reason: 'wanted a time after from' });
  if (document !== null && Array.from(document).length > 200)
    faults.push({ path: 'document', reason: 'wanted at most 200 characters' });
  return { items: found.ids, faults };
}
