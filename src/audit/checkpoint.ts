import canonicalize from 'canonicalize';
import { z } from 'zod';
import { GENESIS } from './chain.ts';

/**
 * What was the state of a chain, signed. HEAD: the chain had `seq` entries, the last with `hash`. PRUNED: and those up to
 * `seq` were deleted in order. `previous` is the seq of the checkpoint before it, 0 for none, so that one cannot go missing
 * between others.
 */
export type Checkpoint = z.output<typeof checkpointSchema>;

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly signature: string;
}

/** What makes and checks signatures; given from above, where the installation's keys are. */
export interface CheckpointKeys {
  readonly sign: (payload: Uint8Array) => Promise<string>;
  /** Null when the signature holds, or why it does not. */
  readonly check: (signature: string, payload: Uint8Array) => Promise<string | null>;
}

export type CheckpointCheck = CheckpointKeys['check'];

const seq = z.int().nonnegative();

const checkpointSchema = z.strictObject({
  kind: z.enum(['HEAD', 'PRUNED']),
  tenantId: z.string(),
  seq,
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  previous: seq,
  /** The database's clock. */
  at: z.string().max(40),
});

export const signedSchema = z.strictObject({ checkpoint: checkpointSchema, signature: z.string().max(2000) });

// Nothing else that the same keys sign begins like this.
const DOMAIN = 'carryall.audit.checkpoint.v1\n';

function payloadOf(checkpoint: Checkpoint): Buffer {
  return Buffer.from(`${DOMAIN}${canonicalize(checkpoint)}`, 'utf8');
}

export async function signCheckpoint(keys: CheckpointKeys, checkpoint: Checkpoint): Promise<SignedCheckpoint> {
  return { checkpoint, signature: await keys.sign(payloadOf(checkpoint)) };
}

/** Why a checkpoint by itself is not one of the tenant's; null when it is. */
export async function checkpointFault(
  tenantId: string,
  { checkpoint, signature }: SignedCheckpoint,
  check: CheckpointCheck,
): Promise<string | null> {
  if (checkpoint.tenantId !== tenantId) return 'is of another tenant';
  const reason = await check(signature, payloadOf(checkpoint));
  return reason === null ? null : `has a signature that does not hold: it ${reason}`;
}

/** Checkpoints that hold, by seq, as a chain is held against them. */
export interface Witnesses {
  readonly hashes: ReadonlyMap<number, string>;
  /** Where the chain was pruned, seq to hash. */
  readonly anchors: ReadonlyMap<number, string>;
  /** The highest seq; 0 without any checkpoint. */
  readonly last: number;
}

export const NO_WITNESSES: Witnesses = { hashes: new Map(), anchors: new Map(), last: 0 };

/** Why checkpoints cannot be relied on; `seq` is where the chain can no longer be vouched for. */
export interface CheckpointFault {
  readonly seq: number;
  readonly reason: string;
}

/** Checks the checkpoints of a tenant: signature, tenant, order, and that none between others is missing (L-05). */
export async function checkCheckpoints(
  tenantId: string,
  signed: readonly SignedCheckpoint[],
  check: CheckpointCheck,
): Promise<Witnesses | CheckpointFault> {
  const hashes = new Map([[0, GENESIS]]);
  const anchors = new Map<number, string>();
  let last = 0;
  for (const { checkpoint, signature } of signed.toSorted((a, b) => a.checkpoint.seq - b.checkpoint.seq)) {
    const { kind, seq: at, hash, previous } = checkpoint;
    const fault = (reason: string): CheckpointFault => ({ seq: at, reason: `the checkpoint at ${at} ${reason}` });
    const reason = await checkpointFault(tenantId, { checkpoint, signature }, check);
    if (reason !== null) return fault(reason);
    if (previous > at || !hashes.has(previous)) return fault(`follows on one at ${previous} that is not there`);
    if (hashes.has(at) && hashes.get(at) !== hash) return fault('contradicts another at the same place');
    hashes.set(at, hash);
    if (kind === 'PRUNED') anchors.set(at, hash);
    last = at;
  }
  return { hashes, anchors, last };
}
