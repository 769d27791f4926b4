import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { openDiskStorage } from '../../src/bundle/storage/disk.ts';
import type { DeliveryDesk } from '../../src/delivery/desk.ts';
import { beginStream, endStream, type Downloader } from '../../src/delivery/downloads.ts';
import { DELIVERY_LIMITS } from '../../src/delivery/limits.ts';
import { openLinkKeys } from '../../src/delivery/link-keys.ts';
import { createLink, revokeLink } from '../../src/delivery/links.ts';
import { CarryallError } from '../../src/errors.ts';
import type { RequestDesk } from '../../src/requests/write.ts';
import { withTransaction, type Writer } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';

/** Where the bundles of one person of the model are: rows that say so, their links, and nothing in any storage. */
export interface ModelBundles {
  /** There is a bundle that answers a request: a new one, or the last of it that was away. */
  ready(writer: Writer, requestId: string, isNew: boolean): Promise<void>;
  /** There is none that may be fetched. */
  away(writer: Writer, requestId: string): Promise<void>;
  link(requestId: string): Promise<void>;
  /** Revokes the last link. */
  revoke(requestId: string): Promise<void>;
  /** Fetches all of the bundle by the last link. */
  download(requestId: string): Promise<void>;
  /** Tries to, by the last link that was used or revoked, or led to a bundle before. */
  stale(requestId: string): Promise<void>;
  /** The requests to whose bundles a link is good that nobody has revoked or used, whether or not the bundle may be fetched. */
  linked(): Promise<readonly string[]>;
}

const BYTES = 100;

export function modelBundles(requests: RequestDesk, tenant: string, subjectId: string): ModelBundles {
  const { pool } = requests;
  const actor = { kind: 'SUBJECT', tenant, subjectId } as const;
  const by: Downloader = { actor, session: 'one', network: '127.0.0.0/24' };
  const desk: DeliveryDesk = {
    ...requests,
    limits: DELIVERY_LIMITS,
    // Neither is asked for anything: no byte is read here, and no token made.
    storage: openDiskStorage(tmpdir()),
    linkKeys: openLinkKeys(tmpdir()),
    onFault(error) {
      throw error;
    },
  };
  const [links, old] = [new Map<string, string[]>(), new Map<string, string[]>()];
  const within = <T>(work: (writer: Writer) => Promise<T>): Promise<T> => withTransaction(pool, tenant, work);
  const lastOf = (of: Map<string, string[]>, requestId: string): string => {
    const id = of.get(requestId)?.at(-1);
    if (id === undefined) throw new CarryallError('WRONG_STATE', 'Nobody has made such a link');
    return id;
  };
  const retire = (requestId: string, count: number): void => {
    const gone = links.get(requestId)?.splice(-count) ?? [];
    old.set(requestId, [...(old.get(requestId) ?? []), ...gone]);
  };
  const fetchAll = async (linkId: string): Promise<void> => {
    const beginning = await beginStream(desk, { tenantId: tenant, linkId }, by, false);
    if (beginning.kind !== 'BEGUN') throw new CarryallError('WRONG_STATE', beginning.kind);
    const isWhole = await endStream(desk, beginning.stream, { bytes: BYTES, isAtEnd: true });
    if (!isWhole) throw new TypeError('All of it was fetched');
  };
  return {
    async ready(writer, requestId, isNew) {
      const found = isNew
        ? 0
        : await writer.execute(sql`UPDATE portability_bundle SET status = 'READY' WHERE tenant_id = ${tenant} AND id = (
            SELECT id FROM portability_bundle WHERE tenant_id = ${tenant} AND request_id = ${requestId}
            ORDER BY created_at DESC LIMIT 1)`);
      if (found > 0) return;
      retire(requestId, Infinity);
      await writer.execute(sql`INSERT INTO portability_bundle (tenant_id, id, subject_id, request_id, scope, format, status, sha256,
          bytes, storage_key, created_at, expires_at)
        VALUES (${tenant}, ${`bundle_${randomBytes(8).toString('hex')}`}, ${subjectId}, ${requestId}, 'ACCESS', 'ZIP', 'READY', 'x',
          ${BYTES}, 'nowhere', clock_timestamp(), now() + interval '1 day')`);
    },
    async away(writer, requestId) {
      await writer.execute(sql`UPDATE portability_bundle SET status = 'LOST'
        WHERE tenant_id = ${tenant} AND request_id = ${requestId} AND status = 'READY'`);
    },
    async link(requestId) {
      const { id } = await within((writer) => createLink(desk, writer, actor, requestId));
      links.set(requestId, [...(links.get(requestId) ?? []), id]);
    },
    async revoke(requestId) {
      const id = lastOf(links, requestId);
      await within((writer) => revokeLink(writer, tenant, id, subjectId));
      retire(requestId, 1);
    },
    async download(requestId) {
      await fetchAll(lastOf(links, requestId));
      retire(requestId, 1);
    },
    stale: async (requestId) => fetchAll(lastOf(old, requestId)),
    async linked() {
      const { rows } = await pool.query<{ id: string }>(
        `SELECT b.request_id AS id FROM download_link l JOIN portability_bundle b ON b.tenant_id = l.tenant_id AND b.id = l.bundle_id
         WHERE l.tenant_id = $1 AND l.subject_id = $2 AND l.used_at IS NULL AND l.revoked_at IS NULL
           AND b.created_at = (SELECT max(o.created_at) FROM portability_bundle o
             WHERE o.tenant_id = b.tenant_id AND o.request_id = b.request_id)`,
        [tenant, subjectId],
      );
      return rows.map(({ id }) => id).toSorted();
    },
  };
}
