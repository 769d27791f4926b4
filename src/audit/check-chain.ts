import type { Witnesses } from './checkpoint.ts';
import { GENESIS, hashOf, LINK_COLUMNS, type Link } from './chain.ts';

/** How a check ended; `fault` is the first place where the chain is not what was written. */
export interface ChainCheck {
  readonly entries: number;
  /** The first and the last seq; 0 where there is none. */
  readonly first: number;
  readonly last: number;
  readonly fault: ChainFault | null;
}

export interface ChainFault {
  readonly seq: number;
  readonly reason: string;
}

/** Where a check begins, when not at the first entry. */
export interface ChainStart {
  readonly seq: number;
  readonly hash: string;
}

/** A link with what stands beside it outside the hash, if that can be checked too. */
export interface Candidate {
  readonly link: unknown;
  /** Why what stands beside the link does not belong to it; null when it does. */
  readonly besideFault?: () => string | null;
}

/**
 * Goes through the links of one tenant in constant memory, up to the first fault: each has the next number, names the hash
 * before it, has the hash of what it says, and agrees with the signed checkpoints. A chain that does not begin at 1 must
 * begin at a signed anchor (L-13), and may not end before the last checkpoint.
 */
export async function checkChain(
  tenantId: string,
  candidates: AsyncIterable<Candidate> | Iterable<Candidate>,
  witnesses: Witnesses,
  start?: ChainStart,
): Promise<ChainCheck> {
  let entries = 0;
  let first = 0;
  let before = start;
  // The last place where a checkpoint vouched for all before it.
  let vouched = start?.seq ?? 0;
  for await (const { link, besideFault } of candidates) {
    const expected = (before?.seq ?? 0) + 1;
    const end = (seq: number, reason: string): ChainCheck => ({
      entries,
      first,
      last: expected - 1,
      fault: { seq, reason },
    });
    if (!isLink(link)) return end(expected, 'is no entry of an audit log');
    const { seq, hash, previousHash } = link;
    if (before === undefined) {
      if (seq !== 1 && witnesses.anchors.get(seq - 1) !== previousHash)
        return end(1, `is missing, as are all before ${seq}, and no signed anchor says that they were pruned`);
      before = { seq: seq - 1, hash: seq === 1 ? GENESIS : previousHash };
      vouched = seq - 1;
      first = seq;
    } else if (seq !== expected) {
      return seq > expected ? end(expected, 'is missing') : end(seq, 'comes twice, or out of order');
    }
    if (link.tenantId !== tenantId) return end(seq, 'is of another tenant');
    if (previousHash !== before.hash) return end(seq, 'does not follow on the entry before it');
    if (hashOrNull(link) !== hash) return end(seq, 'is not what was written');
    const witness = witnesses.hashes.get(seq);
    if (witness !== undefined && witness !== hash)
      return end(
        vouched + 1,
        `or one after it, up to ${seq}, was rewritten: the signed checkpoint at ${seq} has another hash`,
      );
    if (witness !== undefined) vouched = seq;
    const beside = besideFault?.() ?? null;
    if (beside !== null) return end(seq, beside);
    first ||= seq;
    entries += 1;
    before = { seq, hash };
  }
  const last = before?.seq ?? 0;
  const fault =
    last < witnesses.last
      ? {
          seq: last + 1,
          reason: `is missing, as are all after it, and a signed checkpoint knows ${witnesses.last} entries`,
        }
      : null;
  return { entries, first, last, fault };
}

const NAMES = Object.keys(LINK_COLUMNS);

// Its members and no others; what they hold, the hash covers.
function isLink(value: unknown): value is Link {
  if (typeof value !== 'object' || value === null) return false;
  return (
    NAMES.every((name) => Object.hasOwn(value, name)) &&
    Object.keys(value).length === NAMES.length &&
    Number.isSafeInteger((value as Link).seq)
  );
}

function hashOrNull({ hash: _hash, ...entry }: Link): string | null {
  try {
    return hashOf(entry);
  } catch {
    return null;
  }
}
