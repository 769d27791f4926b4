import type { RequestKey } from '../requests/read.ts';
import { lockRequest } from '../requests/write.ts';
import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';

/**
 * The request that a bundle has answered until this transaction, locked; null where it has no such request, or that was
 * answered with another one since, which is good. Whoever locks rows of the bundle does so before.
 */
export async function lockAnswered(
  writer: Writer,
  { tenantId, requestId }: { readonly tenantId: string; readonly requestId: string | null },
): Promise<RequestKey | null> {
  if (requestId === null) return null;
  const { status } = await lockRequest(writer, { tenantId, requestId });
  if (status !== 'READY' && status !== 'DELIVERED') return null;
  const others = await writer.query(sql`SELECT FROM portability_bundle
    WHERE tenant_id = ${tenantId} AND request_id = ${requestId} AND status = 'READY' LIMIT 1`);
  return others.length === 0 ? { tenantId, requestId } : null;
}
