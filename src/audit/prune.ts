import { withSnapshot, withTransaction, type Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { append } from './append.ts';
import { checkChain } from './check-chain.ts';
import { instantText } from './chain.ts';
import { checkCheckpoints, signCheckpoint, type Checkpoint } from './checkpoint.ts';
import { readCheckpoints, readLastCheckpoint, writeCheckpoint } from './checkpoint-folder.ts';
import type { AuditActor } from './entry.ts';
import type { AuditKeys } from './keys.ts';
import { brokenChain, type Witnessed } from './make-checkpoint.ts';
import { readStoredChain } from './stored-chain.ts';

/** What was pruned. */
export interface Pruned {
  /** Entries up to this seq are gone. */
  readonly upTo: number;
  readonly entries: number;
}

/**
 * Deletes a tenant's entries from before an instant: those from the beginning up to the first that is younger. A signed
 * anchor is kept first, from which the rest verifies, and the pruning is itself an entry (L-13). A chain that is not whole
 * is not pruned: DATABASE_FAILED. Only who connects as the owner of the tables may do this. Null when nothing is that old.
 */
export async function pruneBefore(
  witnessed: Witnessed & { readonly keys: AuditKeys },
  actor: AuditActor,
  before: Date,
): Promise<Pruned | null> {
  const { pool, place, signing, keys } = witnessed;
  const tenantId = actor.tenant;
  const witnesses = await checkCheckpoints(tenantId, await readCheckpoints(place, tenantId), signing.check);
  if ('reason' in witnesses) throw brokenChain(tenantId, witnesses);
  const end = await withSnapshot(pool, tenantId, async (reader) => {
    const { fault } = await checkChain(tenantId, readStoredChain(reader, keys, tenantId), witnesses);
    if (fault !== null) throw brokenChain(tenantId, fault);
    return readEndBefore(reader, tenantId, before);
  });
  if (end === null) return null;
  const previous = (await readLastCheckpoint(place, tenantId, end.seq))?.checkpoint.seq ?? 0;
  const anchor: Checkpoint = { kind: 'PRUNED', tenantId, ...end, previous };
  await writeCheckpoint(place, await signCheckpoint(signing, anchor));
  return withTransaction(pool, tenantId, async (writer) => {
    // The role of the gateway may delete nothing; the one that the connection was opened as does it.
    await writer.execute(sql`SET LOCAL ROLE NONE`);
    await writer.query(sql`SELECT set_config('carryall.prune_tenant', ${tenantId}, true),
      set_config('carryall.prune_up_to', ${String(end.seq)}, true)`);
    // First: the number of the next entry is found by the last one, which may be among those that go.
    const detail = { upTo: end.seq };
    await append(writer, keys, [{ actor, action: 'PRUNE', outcome: 'ALLOWED', detail }]);
    const entries = await writer.execute(
      sql`DELETE FROM audit_event WHERE tenant_id = ${tenantId} AND seq <= ${end.seq}`,
    );
    // Nobody is kept in mind of whom no entry is left.
    await writer.execute(sql`DELETE FROM audit_pseudonym p WHERE p.tenant_id = ${tenantId}
      AND NOT EXISTS (SELECT FROM audit_event e WHERE e.tenant_id = p.tenant_id AND e.subject_ref = p.ref)
      AND NOT EXISTS (SELECT FROM audit_event e WHERE e.tenant_id = p.tenant_id AND e.actor_ref = p.ref)`);
    return { upTo: end.seq, entries };
  });
}

async function readEndBefore(
  reader: Reader,
  tenantId: string,
  before: Date,
): Promise<{ seq: number; hash: string; at: string } | null> {
  const [end] = await reader.query<{ seq: string; hash: string; at: string }>(sql`
    SELECT seq, hash, ${instantText(sql`clock_timestamp()`)} AS at FROM audit_event
    WHERE tenant_id = ${tenantId} AND seq < coalesce(
      (SELECT min(seq) FROM audit_event WHERE tenant_id = ${tenantId} AND occurred_at >= ${before.toISOString()}::timestamptz), 9223372036854775807)
    ORDER BY seq DESC LIMIT 1`);
  return end === undefined ? null : { ...end, seq: Number(end.seq) };
}
