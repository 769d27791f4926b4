import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { withSnapshot, type Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { checkChain, type ChainFault } from './check-chain.ts';
import { GENESIS, instantText } from './chain.ts';
import { checkpointFault, NO_WITNESSES, signCheckpoint, type Checkpoint, type CheckpointKeys } from './checkpoint.ts';
import { readLastCheckpoint, writeCheckpoint } from './checkpoint-folder.ts';
import { readStoredChain } from './stored-chain.ts';

/** Where a chain is, where its checkpoints are kept, and who signs them. */
export interface Witnessed {
  readonly pool: pg.Pool;
  /** The folder of the checkpoints: better on another machine, where who can change the log cannot write. */
  readonly place: string;
  readonly signing: CheckpointKeys;
}

/**
 * Signs the present end of a tenant's chain. What was added since the last checkpoint is checked first: a log that was
 * tampered with gets none. Answers the checkpoint, the last one if nothing was added, null for an empty chain. Throws
 * DATABASE_FAILED naming the first fault, KEYS_INVALID, OUTPUT_FAILED.
 */
export async function makeCheckpoint(
  { pool, place, signing }: Witnessed,
  tenantId: string,
): Promise<Checkpoint | null> {
  const last = await readLastCheckpoint(place, tenantId);
  const start = { seq: last?.checkpoint.seq ?? 0, hash: last?.checkpoint.hash ?? GENESIS };
  const reason = last === null ? null : await checkpointFault(tenantId, last, signing.check);
  if (reason !== null) throw brokenChain(tenantId, { seq: start.seq, reason: `has a checkpoint that ${reason}` });
  const end = await withSnapshot(pool, tenantId, async (reader) => {
    const checked = await checkChain(tenantId, readStoredChain(reader, null, tenantId, start.seq), NO_WITNESSES, start);
    if (checked.fault !== null) throw brokenChain(tenantId, checked.fault);
    const head = await readHead(reader, tenantId);
    if (head.seq < start.seq || (head.seq === start.seq && head.hash !== start.hash))
      throw brokenChain(tenantId, { seq: head.seq + 1, reason: `is not what the checkpoint at ${start.seq} knows` });
    return head;
  });
  if (end.seq === start.seq) return last?.checkpoint ?? null;
  const checkpoint: Checkpoint = { kind: 'HEAD', tenantId, ...end, previous: start.seq };
  await writeCheckpoint(place, await signCheckpoint(signing, checkpoint));
  return checkpoint;
}

async function readHead(reader: Reader, tenantId: string): Promise<{ seq: number; hash: string; at: string }> {
  const [head] = await reader.query<{ seq: string | null; hash: string | null; at: string }>(sql`
    SELECT e.seq, e.hash, ${instantText(sql`clock_timestamp()`)} AS at
    FROM (SELECT 1) one LEFT JOIN LATERAL
      (SELECT seq, hash FROM audit_event WHERE tenant_id = ${tenantId} ORDER BY seq DESC LIMIT 1) e ON true`);
  return { seq: Number(head?.seq ?? 0), hash: head?.hash ?? GENESIS, at: head?.at ?? '' };
}

/** The error for a chain that must be whole for what was asked, and is not. */
export function brokenChain(tenantId: string, { seq, reason }: ChainFault): CarryallError {
  return new CarryallError(
    'DATABASE_FAILED',
    `The audit log of ${tenantId} is not whole: entry ${seq} ${reason}. See: carryall audit verify.`,
  );
}
