import type { RequestKey } from '../requests/read.ts';
import { statusAfter } from '../requests/states.ts';
import { lockRequest, take } from '../requests/write.ts';
import { withTransaction, type Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { DeliveryDesk } from './desk.ts';

const AT_A_TIME = 1000;

interface LostBundle {
  readonly id: string;
  readonly subjectId: string;
  readonly requestId: string | null;
  readonly key: string;
  readonly bytes: string;
}

/**
 * Makes bundles READY again that were LOST and whose objects are there again, as after a disk was mounted, unless their request
 * is being built anew; whether they are right is found when they are served. Returns how many. Throws OUTPUT_FAILED and
 * DATABASE_FAILED.
 */
export async function findLostAgain(desk: DeliveryDesk, tenantId: string): Promise<number> {
  // Of a request only the bundle that was made last: what was built in place of another answers it.
  const lost = await withTransaction(desk.pool, tenantId, (reader) =>
    reader.query<LostBundle>(sql`
      SELECT b.id, b.subject_id AS "subjectId", b.request_id AS "requestId", b.storage_key AS key, b.bytes::text
      FROM portability_bundle b WHERE b.tenant_id = ${tenantId} AND b.status = 'LOST' AND b.storage_key IS NOT NULL
        AND (b.expires_at IS NULL OR b.expires_at > clock_timestamp())
        AND NOT EXISTS (SELECT FROM portability_bundle o WHERE o.tenant_id = b.tenant_id AND o.request_id = b.request_id
          AND o.created_at > b.created_at)
      ORDER BY b.id LIMIT ${AT_A_TIME}`),
  );
  let found = 0;
  for (const bundle of lost) {
    if ((await desk.storage.stat(bundle.key))?.bytes !== Number(bundle.bytes)) continue;
    const isFound = await withTransaction(desk.pool, tenantId, (writer) => findAgain(desk, writer, tenantId, bundle));
    if (isFound) found += 1;
  }
  return found;
}

async function findAgain(
  desk: DeliveryDesk,
  writer: Writer,
  tenantId: string,
  { id, subjectId, requestId }: LostBundle,
): Promise<boolean> {
  const locked = await writer.query(sql`SELECT FROM portability_bundle
    WHERE tenant_id = ${tenantId} AND id = ${id} AND status = 'LOST' FOR NO KEY UPDATE`);
  if (locked.length === 0) return false;
  const by = { kind: 'GATEWAY', tenant: tenantId } as const;
  const key: RequestKey | null = requestId === null ? null : { tenantId, requestId };
  if (key !== null && statusAfter('FIND', (await lockRequest(writer, key)).status) === null) return false;
  const ready = key === null ? [] : [(await take(desk, writer, { ...key, step: 'FIND', by })).entry];
  await writer.execute(
    sql`UPDATE portability_bundle SET status = 'READY' WHERE tenant_id = ${tenantId} AND id = ${id}`,
  );
  await desk.audit.append(writer, ...ready, {
    actor: by,
    action: 'SWEEP',
    outcome: 'ALLOWED',
    subjectId,
    detail: { step: 'BUNDLE_FOUND_AGAIN', bundle: id },
  });
  return true;
}
