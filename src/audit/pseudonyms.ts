import { randomBytes } from 'node:crypto';
import type { PacketWriter } from '../store/packet-transaction.ts';
import { sql } from '../store/sql.ts';
import type { AuditKeys, PseudonymKind } from './keys.ts';

/** What stands for somebody in the chain, and the salt that ties it to them until they are forgotten. */
export interface Pseudonym {
  readonly ref: string;
  readonly salt: string;
}

/** Somebody who is to be named in the chain. */
export interface Named {
  readonly kind: PseudonymKind;
  readonly identifier: string;
}

const SALT_BYTES = 32;

/**
 * Gives everybody a pseudonym; those without one get one. Only for who holds the tenant's chain. Subjects who do not exist
 * get none: `pseudonymOf` then answers undefined.
 */
export async function readPseudonyms(
  writer: PacketWriter,
  keys: AuditKeys,
  tenantId: string,
  people: readonly Named[],
): Promise<(named: Named) => Pseudonym | undefined> {
  const wanted = new Map<string, Named>();
  const handles = new Map<string, string>();
  for (const each of people) {
    const { kind, identifier } = each;
    // Who acts in one entry mostly acts in the next.
    if (handles.has(`${kind} ${identifier}`)) continue;
    const handle = keys.handle(tenantId, kind, identifier);
    handles.set(`${kind} ${identifier}`, handle);
    wanted.set(handle, each);
  }
  const subjects = people.flatMap(({ kind, identifier }) => (kind === 'SUBJECT' ? [identifier] : []));
  const rows = await writer.query<{ id: string; ref: string | null; salt: string }>(sql`
    SELECT id, ref, salt FROM audit_pseudonym WHERE tenant_id = ${tenantId} AND id = ANY(${[...wanted.keys()]})
    UNION ALL SELECT id, NULL, '' FROM subject WHERE tenant_id = ${tenantId} AND id = ANY(${subjects})`);
  const existing = new Set(rows.flatMap(({ id, ref }) => (ref === null ? [id] : [])));
  const known = new Map<string, Pseudonym>();
  for (const { id, ref, salt } of rows) if (ref !== null) known.set(id, { ref, salt });
  const made: object[] = [];
  for (const [id, { kind, identifier }] of wanted) {
    if (kind === 'SUBJECT' && !existing.has(identifier)) known.delete(id);
    else if (!known.has(id)) {
      const salt = randomBytes(SALT_BYTES).toString('hex');
      const ref = keys.reference(tenantId, salt, identifier);
      known.set(id, { ref, salt });
      made.push({ id, kind, ref, salt });
    }
  }
  if (made.length > 0)
    await writer.query(sql`INSERT INTO audit_pseudonym (tenant_id, id, kind, ref, salt)
      SELECT ${tenantId}, r.id, r.kind, r.ref, r.salt
      FROM json_to_recordset(${JSON.stringify(made)}::json) AS r(id text, kind text, ref text, salt text)`);
  return ({ kind, identifier }) => known.get(handles.get(`${kind} ${identifier}`) ?? '');
}
