import type { AuditEntry } from '../../audit/entry.ts';
import { withTransaction, type Writer } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import type { RequestKey, RequestRow } from '../read.ts';
import { ACTIVE_STATUSES, isBuilt } from '../states.ts';
import { prove } from '../unproven.ts';
import { take } from '../write.ts';
import { tryCode, type IdentityDesk, type Tried } from './challenges.ts';
import { coolingOff } from './cooling-off.ts';
import { lockAtIntake } from './intake.ts';

/** How a proof ended. */
export type Proven =
  | Exclude<Tried, { readonly kind: 'RIGHT' }>
  | {
      readonly kind: 'PROVEN';
      readonly subjectId: string;
      /** The request that goes on: another one, where the person had one of the kind under way. */
      readonly requestId: string;
      /** Until then the person sees nothing yet, since an address that is so fresh proves little. */
      readonly heldUntil: Date | null;
    };

/** Proves by a code who files a request, and lets it go on. Throws NOT_FOUND. */
export function proveByCode(desk: IdentityDesk, key: RequestKey, typed: string): Promise<Proven> {
  return withTransaction(desk.pool, key.tenantId, async (writer) => {
    const row = await lockAtIntake(writer, key);
    const tried = await tryCode(desk, writer, row, typed);
    if (tried.kind !== 'RIGHT') return tried;
    const owner = await ownerOf(writer, key.tenantId, tried.identifierId);
    // Erased between the code and now.
    if (owner === null) return { kind: 'OVER' };
    if (row.status !== 'AWAITING_IDENTITY') return comeBack(desk, row, owner.subjectId);
    return settle(desk, writer, row, owner);
  });
}

interface Owner {
  readonly subjectId: string;
  readonly kind: string;
}

/** The person is locked: of two requests that are proven at once the second finds the first. */
async function ownerOf(writer: Writer, tenantId: string, identifierId: string): Promise<Owner | null> {
  const [row] = await writer.query<Owner>(sql`SELECT i.subject_id AS "subjectId", i.kind::text FROM subject_identifier i
    JOIN subject s ON s.tenant_id = i.tenant_id AND s.id = i.subject_id
    WHERE i.tenant_id = ${tenantId} AND i.id = ${identifierId} FOR NO KEY UPDATE OF s`);
  return row ?? null;
}

/** A code for a request that was proven before opens nothing but a session, and only its own person's. */
function comeBack(desk: IdentityDesk, row: RequestRow, subjectId: string): Proven {
  if (row.subjectId !== subjectId) return { kind: 'OVER' };
  const isHeld = row.heldUntil !== null && row.heldUntil > desk.clock.now();
  return { kind: 'PROVEN', subjectId, requestId: row.id, heldUntil: isHeld ? row.heldUntil : null };
}

async function settle(
  desk: IdentityDesk,
  writer: Writer,
  row: RequestRow,
  { subjectId, kind }: Owner,
): Promise<Proven> {
  const { tenantId, id: requestId } = row;
  const by = { kind: 'SUBJECT', tenant: tenantId, subjectId } as const;
  const heldUntil = await coolingOff(desk, writer, { tenantId, subjectId });
  const active = isBuilt(row.right) ? await activeRequest(writer, row, subjectId) : null;
  let entries: readonly AuditEntry[];
  if (active === null) {
    const identityEvidence = { method: 'CODE', to: kind, at: desk.clock.now().toISOString() };
    // Other rights are answered by a person; what waits is that something leaves.
    const held = isBuilt(row.right) && heldUntil !== null ? { heldUntil } : {};
    const changes = { subjectId, identityEvidence, ...held };
    ({ entries } = await prove(desk, writer, { tenantId, requestId, by, changes }));
  } else {
    entries = [(await take(desk, writer, { tenantId, requestId, step: 'CANCEL', by })).entry];
  }
  await desk.audit.append(writer, ...entries);
  return { kind: 'PROVEN', subjectId, requestId: active ?? requestId, heldUntil };
}

async function activeRequest(
  writer: Writer,
  { tenantId, right }: RequestRow,
  subjectId: string,
): Promise<string | null> {
  const [row] = await writer.query<{ id: string }>(sql`SELECT r.id FROM data_subject_request r
    WHERE r.tenant_id = ${tenantId} AND r.subject_id = ${subjectId} AND r."right" = ${right}
      AND r.status = ANY(${[...ACTIVE_STATUSES]}::text[])`);
  return row?.id ?? null;
}
