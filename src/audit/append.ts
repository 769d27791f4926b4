import type pg from 'pg';
import { sqlName } from '../catalogue/look-up.ts';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { withPackets, type Ending, type PacketWriter } from '../store/packet-transaction.ts';
import type { Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { hashOf, LINK_COLUMNS, type ChainedEntry, type Link } from './chain.ts';
import { checkEntry, identifierOf, type AuditActor, type AuditEntry, type CheckedEntry } from './entry.ts';
import type { AuditKeys } from './keys.ts';
import { readPseudonyms, type Named, type Pseudonym } from './pseudonyms.ts';

/**
 * Adds entries to a tenant's chain, in the caller's transaction: they are there if and only if what they tell of is. From
 * here to its end the transaction holds the chain, and every other one of the tenant waits: append last, and be READ
 * COMMITTED. Throws BAD_INPUT before anything is written, and DATABASE_FAILED, also after ten seconds of waiting; then
 * nothing may be returned.
 */
export async function append(
  writer: Writer,
  keys: AuditKeys,
  entries: readonly AuditEntry[],
): Promise<readonly Link[]> {
  if (entries.length === 0) return [];
  const { result, last } = await chained(oneByOne(writer), keys, entries.map(checkEntry));
  await writer.execute(last);
  return result;
}

/** A session takes one query at a time. */
function oneByOne(writer: Writer): PacketWriter {
  let before: Promise<unknown> = Promise.resolve();
  return {
    query: <Found extends object>(fragment: Sql) => {
      const rows = before.then(() => writer.query<Found>(fragment));
      before = rows;
      return rows;
    },
  };
}

/** The links of entries, and the statement that adds them. */
async function chained(
  writer: PacketWriter,
  keys: AuditKeys,
  checked: readonly CheckedEntry[],
): Promise<Ending<readonly Link[]>> {
  const [first, ...others] = checked;
  if (first === undefined) throw new TypeError('there is nothing to append');
  const tenantId = first.actor.tenant;
  if (others.some(({ actor }) => actor.tenant !== tenantId))
    throw new CarryallError('BAD_INPUT', 'Entries that are added together must be of one tenant.');
  const people = checked.flatMap(({ actor, subjectId }) => [namedActor(actor), namedSubject(subjectId)]);
  // Asked in this order, in one go: the chain is held before anything is read.
  const [[head], pseudonymOf] = await Promise.all([
    writer.query<{ seq: string; hash: string; at: string }>(sql`SELECT seq, hash, at FROM audit_head(${tenantId})`),
    readPseudonyms(
      writer,
      keys,
      tenantId,
      people.filter((each) => each !== null),
    ),
  ]);
  if (head === undefined) throw new TypeError('audit_head gives one row');
  const find = (named: Named | null): Pseudonym | undefined => (named === null ? undefined : pseudonymOf(named));

  const rows: Row[] = [];
  let [seq, previousHash] = [Number(head.seq), head.hash];
  for (const entry of checked) {
    const subject = find(namedSubject(entry.subjectId));
    const isNobody = entry.subjectId != null && subject === undefined;
    const id = newId('audit');
    const reason = entry.reason ?? null;
    seq += 1;
    const chained: ChainedEntry = {
      tenantId,
      seq,
      id,
      occurredAt: head.at,
      actorKind: entry.actor.kind,
      actorRef: find(namedActor(entry.actor))?.ref ?? null,
      subjectRef: subject?.ref ?? null,
      action: entry.action,
      outcome: entry.outcome,
      purpose: entry.purpose ?? null,
      ticket: entry.ticket ?? null,
      reasonRef: reason === null ? null : keys.reasonReference(tenantId, subject?.salt ?? '', id, reason),
      policyCode: entry.policy?.code ?? null,
      policyVersion: entry.policy?.version ?? null,
      detail: isNobody ? { ...entry.detail, unknownSubject: true } : entry.detail,
      previousHash,
    };
    previousHash = hashOf(chained);
    rows.push({ ...chained, hash: previousHash, subjectId: isNobody ? null : (entry.subjectId ?? null), reason });
  }
  return { result: rows.map(({ subjectId: _subjectId, reason: _reason, ...link }) => link), last: insertion(rows) };
}

interface Row extends Link {
  readonly subjectId: string | null;
  readonly reason: string | null;
}

const COLUMNS = { ...LINK_COLUMNS, subjectId: sql`text`, reason: sql`text` } as const satisfies Record<keyof Row, Sql>;

const names = Object.keys(COLUMNS);
const columns = sql.join(names.map((name) => sql.identifier(sqlName(name))));
const values = sql.join(names.map((name) => sql.identifier('r', name)));
const types = sql.join(Object.entries(COLUMNS).map(([name, type]) => sql`${sql.identifier(name)} ${type}`));

function insertion(rows: readonly Row[]): Sql {
  return sql`INSERT INTO audit_event (${columns})
    SELECT ${values} FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(${types})`;
}

/** Adds entries of one tenant in a transaction of their own; throws as `append` does. */
export async function record(pool: pg.Pool, keys: AuditKeys, entries: readonly AuditEntry[]): Promise<readonly Link[]> {
  return recordChecked(pool, keys, entries.map(checkEntry));
}

/** The same with entries that were checked. */
export async function recordChecked(
  pool: pg.Pool,
  keys: AuditKeys,
  entries: readonly CheckedEntry[],
): Promise<readonly Link[]> {
  const [first] = entries;
  if (first === undefined) return [];
  return withPackets(pool, first.actor.tenant, (writer) => chained(writer, keys, entries));
}

/** A subject is the same whether looked at or acting, so that it can be forgotten as both. */
function namedActor(actor: AuditActor): Named | null {
  const identifier = identifierOf(actor);
  return identifier === null ? null : { kind: actor.kind === 'SUBJECT' ? 'SUBJECT' : 'ACTOR', identifier };
}

function namedSubject(subjectId: string | null | undefined): Named | null {
  return subjectId == null ? null : { kind: 'SUBJECT', identifier: subjectId };
}
