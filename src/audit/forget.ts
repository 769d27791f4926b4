import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { AuditKeys } from './keys.ts';

/**
 * Takes a person out of the log, in the transaction that erases that person: whose entries they are, what staff wrote of
 * them, and the salt without which the chain's HMACs name nobody any more (L-12). The chain still verifies. The database
 * refuses to delete a subject whom the log still names. `writer` must be bound to the tenant. Returns how many entries there were.
 */
export async function forgetSubject(
  writer: Writer,
  keys: AuditKeys,
  tenantId: string,
  subjectId: string,
): Promise<number> {
  const handle = keys.handle(tenantId, 'SUBJECT', subjectId);
  const [row] = await writer.query<{ forgotten: string }>(
    sql`SELECT audit_forget(${subjectId}, ${handle}) AS forgotten`,
  );
  return Number(row?.forgotten ?? 0);
}
