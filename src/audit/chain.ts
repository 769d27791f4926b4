import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ScalarField } from '../catalogue/dataset.ts';
import { sqlName } from '../catalogue/look-up.ts';
import { CarryallError } from '../errors.ts';
import { sql, type Sql } from '../store/sql.ts';
import type { AuditDetail } from './entry.ts';

/** An entry as the chain holds it: what is hashed, and nothing that names a person. */
export interface ChainedEntry {
  readonly tenantId: string;
  /** From 1, without a gap. */
  readonly seq: number;
  readonly id: string;
  /** The database's clock, UTC, with microseconds. */
  readonly occurredAt: string;
  readonly actorKind: string;
  readonly actorRef: string | null;
  readonly subjectRef: string | null;
  readonly action: string;
  readonly outcome: string;
  readonly purpose: string | null;
  readonly ticket: string | null;
  readonly reasonRef: string | null;
  readonly policyCode: string | null;
  readonly policyVersion: string | null;
  readonly detail: AuditDetail;
  readonly previousHash: string;
}

/** An entry with its own hash: a link of the chain. */
export interface Link extends ChainedEntry {
  readonly hash: string;
}

/** What the first entry of a chain names as the hash before it. */
export const GENESIS = '0'.repeat(64);

const DOMAIN = 'carryall.audit.entry.v1\n';

const text = sql`text`;
const instant = sql`timestamptz`;

/** The columns of a link with their types. Every column of the table is here, but for those that an erasure empties. */
export const LINK_COLUMNS = {
  tenantId: text,
  seq: sql`bigint`,
  id: text,
  occurredAt: instant,
  actorKind: text,
  actorRef: text,
  subjectRef: text,
  action: text,
  outcome: text,
  purpose: text,
  ticket: text,
  reasonRef: text,
  policyCode: text,
  policyVersion: text,
  detail: sql`jsonb`,
  previousHash: text,
  hash: text,
} as const satisfies Record<Exclude<ScalarField<'AuditEvent'>, 'subjectId' | 'reason'> | keyof Link, Sql>;

/** The columns of the row `e` of audit_event under the names that a link has, for SELECT. */
export const linkColumns: Sql = sql.join(
  Object.entries(LINK_COLUMNS).map(([name, type]) => {
    const column = sql.identifier('e', sqlName(name));
    return sql`${type === instant ? instantText(column) : column} AS ${sql.identifier(name)}`;
  }),
);

/** An instant as the chain writes it. */
export function instantText(at: Sql): Sql {
  return sql`to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** SHA-256 over the canonical form (RFC 8785) of an entry, in hex. Throws BAD_INPUT for what has no such form. */
export function hashOf(entry: ChainedEntry): string {
  try {
    return hash('sha256', `${DOMAIN}${canonicalize(entry)}`, 'hex');
  } catch (cause) {
    throw new CarryallError('BAD_INPUT', 'An entry has no canonical form (RFC 8785).', { cause });
  }
}
