import { open } from 'node:fs/promises';
import type pg from 'pg';
import { CarryallError } from '../errors.ts';
import { withSnapshot } from '../store/session.ts';
import { checkChain, type Candidate, type ChainCheck, type ChainFault } from './check-chain.ts';
import {
  checkCheckpoints,
  NO_WITNESSES,
  signedSchema,
  type CheckpointCheck,
  type SignedCheckpoint,
} from './checkpoint.ts';
import { listCheckpoints, readCheckpoints } from './checkpoint-folder.ts';
import type { Link } from './chain.ts';
import type { AuditKeys } from './keys.ts';
import { readLines } from './lines.ts';
import { brokenChain } from './make-checkpoint.ts';
import { readStoredChain } from './stored-chain.ts';

/** How a verification ended. */
export interface Verification extends ChainCheck {
  readonly tenantId: string;
  /** Up to where signed checkpoints vouch for the chain; after that, only the chain for itself. */
  readonly vouchedTo: number;
}

/** What a stored chain is verified with. */
export interface VerifySources {
  readonly pool: pg.Pool;
  readonly place: string;
  readonly check: CheckpointCheck;
  /** With them, what stands outside the hashes is checked too. */
  readonly keys: AuditKeys | null;
}

/** Verifies a tenant's chain as it is stored, in constant memory. Throws DATABASE_FAILED, BAD_INPUT for broken checkpoints. */
export async function verifyTenant(sources: VerifySources, tenantId: string): Promise<Verification> {
  const { pool, place, check, keys } = sources;
  const names = await listCheckpoints(place, tenantId);
  const witnesses = await checkCheckpoints(tenantId, await readCheckpoints(place, tenantId), check);
  if ('reason' in witnesses) return untrusted(tenantId, witnesses);
  let checked: ChainCheck | undefined;
  try {
    await withSnapshot(pool, tenantId, async (reader) => {
      checked = await checkChain(tenantId, readStoredChain(reader, keys, tenantId), witnesses);
      // A session whose COPY is not read to its end can only be given up.
      if (checked.fault !== null) throw brokenChain(tenantId, checked.fault);
    });
  } catch (error) {
    if (!checked?.fault) throw error;
  }
  if (checked === undefined) throw new TypeError('a chain that was read was checked');
  // Pruned since the checkpoints were read: what is missing may be vouched for by one that was not there yet.
  if (checked.fault !== null && (await listCheckpoints(place, tenantId)).length > names.length)
    return verifyTenant(sources, tenantId);
  return { tenantId, ...checked, vouchedTo: witnesses.last };
}

/**
 * Verifies a chain in a file as `exportChain` writes it, offline; without `check` its checkpoints are passed over. Throws
 * BAD_INPUT for a file that cannot be read or holds no entry.
 */
export async function verifyFile(path: string, check: CheckpointCheck | null): Promise<Verification> {
  await using file = await open(path).catch((cause: unknown) => {
    throw new CarryallError('BAD_INPUT', `${path} could not be read.`, { cause });
  });
  const lines = readLines(file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>);
  const values = valuesOf(lines);
  const checkpoints: SignedCheckpoint[] = [];
  let next = await values.next();
  for (; next.done !== true; next = await values.next()) {
    const signed = signedSchema.safeParse(next.value);
    if (!signed.success) break;
    checkpoints.push(signed.data);
  }
  const { tenantId } = (next.value ?? {}) as Partial<Link>;
  if (typeof tenantId !== 'string') throw new CarryallError('BAD_INPUT', `${path} holds no entry of an audit log.`);
  const witnesses = check === null ? NO_WITNESSES : await checkCheckpoints(tenantId, checkpoints, check);
  if ('reason' in witnesses) return untrusted(tenantId, witnesses);
  const checked = await checkChain(tenantId, candidatesFrom(next.value, values), witnesses);
  return { tenantId, ...checked, vouchedTo: witnesses.last };
}

async function* valuesOf(lines: AsyncIterable<string>): AsyncGenerator<unknown, undefined> {
  for await (const line of lines) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // No entry: the chain is said to break here.
      value = null;
    }
    yield value;
  }
}

async function* candidatesFrom(first: unknown, rest: AsyncIterable<unknown>): AsyncGenerator<Candidate> {
  yield { link: first };
  for await (const link of rest) yield { link };
}

function untrusted(tenantId: string, fault: ChainFault): Verification {
  return { tenantId, entries: 0, first: 0, last: 0, vouchedTo: 0, fault };
}
