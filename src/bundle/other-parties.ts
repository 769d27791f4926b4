import { createHmac } from 'node:crypto';
import type { Format } from '../catalogue/dataset.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/*
 * A bundle that goes straight to another controller must not take other people along (Art. 20(4)): the person may keep the
 * numbers that they called, the next operator has no ground to. What names them becomes a pseudonym, the same for the same
 * party all through one bundle and another in the next, so that the rows keep their sense and two bundles cannot be joined.
 */

/** How other people are treated, where they are not to be named; it has a key of its own for each bundle. */
export interface OtherParties {
  readonly key: Uint8Array;
}

/** What is done with a value that may be about somebody else. */
export type OtherPartyTreatment =
  /** It names them, and is replaced. */
  | 'PSEUDONYM'
  /** It is the person's own text, in which addresses and numbers are blanked. */
  | 'BLANK'
  /** It could show them in any way, and is left out. */
  | 'WITHHOLD'
  | 'KEEP';

export function otherPartyTreatment(format: Format): OtherPartyTreatment {
  switch (format) {
    case 'phone':
    case 'email':
    case 'name':
      return 'PSEUDONYM';
    case 'text':
      return 'BLANK';
    case 'blob':
    case 'file-name':
    case 'url':
    case 'json':
    case 'ip':
    case 'key':
      return 'WITHHOLD';
    case 'id':
    case 'code':
    case 'instant':
    case 'number':
    case 'amount':
    case 'currency':
    case 'language':
    case 'flag':
    case 'digest':
    case 'period':
      return 'KEEP';
    default:
      return format satisfies never;
  }
}

const PREFIX = 'other-party-';
const DIGITS = 32;
const PSEUDONYM = new RegExp(`^${PREFIX}[0-9a-f]{${DIGITS}}$`);
/** No name that can be written to ends in this (RFC 2606). */
const NOWHERE = '@pseudonym.invalid';

/** Replaces a value that names somebody, unless it is the person's own; null where there is none. */
export type Pseudonymise = (value: unknown, format: Format) => string | null;

export function pseudonymiser({ key }: OtherParties, own: ReadonlySet<string>): Pseudonymise {
  return (value, format) => {
    if (typeof value !== 'string' || value === '' || own.has(value)) return null;
    const digest = createHmac('sha256', key).update(value).digest('hex').slice(0, DIGITS);
    return `${PREFIX}${digest}${format === 'email' ? NOWHERE : ''}`;
  };
}

/** Whether a value stands for somebody whom another controller did not name. */
export function isPseudonym(value: string): boolean {
  return PSEUDONYM.test(value.endsWith(NOWHERE) ? value.slice(0, -NOWHERE.length) : value);
}

/** The numbers and addresses that are proven to be the person's own. */
export async function readOwnIdentifiers(
  reader: Reader,
  { tenantId, subjectId }: { readonly tenantId: string; readonly subjectId: string },
): Promise<ReadonlySet<string>> {
  const rows = await reader.query<{ value: string }>(sql`SELECT value FROM subject_identifier
    WHERE tenant_id = ${tenantId} AND subject_id = ${subjectId} AND kind IN ('EMAIL', 'PHONE')`);
  return new Set(rows.map(({ value }) => value));
}
