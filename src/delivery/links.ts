import type { Actor } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { noRequest, readRequest } from '../requests/read.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import type { DeliveryDesk } from './desk.ts';
import { LONGEST_LINK_SECONDS } from './limits.ts';
import { signLink } from './link-token.ts';

/** A link, as the person and the operator's privacy staff are told of it. */
export interface DownloadLinkRow {
  readonly tenantId: string;
  readonly id: string;
  readonly bundleId: string;
  readonly requestId: string | null;
  readonly subjectId: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
  /** Whether it still leads to a bundle. */
  readonly isGood: boolean;
}

const columns: Sql = sql`l.tenant_id AS "tenantId", l.id, l.bundle_id AS "bundleId", b.request_id AS "requestId",
  l.subject_id AS "subjectId", l.created_at AS "createdAt", l.expires_at AS "expiresAt", l.used_at AS "usedAt",
  l.revoked_at AS "revokedAt", (l.used_at IS NULL AND l.revoked_at IS NULL AND clock_timestamp() < l.expires_at
    AND b.status = 'READY') AS "isGood"`;
const rows: Sql = sql`download_link l JOIN portability_bundle b ON b.tenant_id = l.tenant_id AND b.id = l.bundle_id`;

/**
 * Makes a link to the bundle of a person's own request. It is good until the database's clock says so, and no longer than
 * the bundle. Throws NOT_FOUND for a request that is not theirs, and WRONG_STATE where there is nothing to fetch, or are
 * too many links already.
 */
export async function createLink(
  { limits }: Pick<DeliveryDesk, 'limits'>,
  writer: Writer,
  actor: Actor,
  requestId: string,
): Promise<DownloadLinkRow> {
  const { tenant: tenantId } = actor;
  const request = await readRequest(writer, tenantId, requestId);
  if (actor.kind !== 'SUBJECT' || request.subjectId !== actor.subjectId) throw noRequest();
  const [bundle] = await writer.query<{ id: string; status: string; isOver: boolean; links: number }>(sql`
    SELECT b.id, b.status, coalesce(clock_timestamp() >= b.expires_at, false) AS "isOver",
      (SELECT count(*)::int FROM download_link l WHERE l.tenant_id = b.tenant_id AND l.bundle_id = b.id AND l.used_at IS NULL
        AND l.revoked_at IS NULL AND clock_timestamp() < l.expires_at) AS links
    FROM portability_bundle b WHERE b.tenant_id = ${tenantId} AND b.request_id = ${requestId} AND b.subject_id = ${actor.subjectId}
    ORDER BY b.created_at DESC, b.id DESC LIMIT 1 FOR NO KEY UPDATE OF b`);
  if (bundle === undefined || bundle.status !== 'READY' || bundle.isOver)
    throw new CarryallError(
      'WRONG_STATE',
      `A link leads to a bundle that is ready; this request is ${request.status}, its bundle ${bundle?.status ?? 'not there'}.`,
    );
  if (bundle.links >= limits.linksPerBundle)
    throw new CarryallError(
      'WRONG_STATE',
      `There are ${bundle.links} links that are good: use one, or revoke some first.`,
    );
  const id = newId('link');
  const seconds = Math.min(limits.linkSeconds, LONGEST_LINK_SECONDS);
  // In whole milliseconds, as the token says it.
  await writer.execute(sql`
    INSERT INTO download_link (tenant_id, id, bundle_id, subject_id, created_at, expires_at)
    SELECT b.tenant_id, ${id}, b.id, b.subject_id, clock_timestamp(),
      date_trunc('milliseconds', least(b.expires_at, clock_timestamp() + make_interval(secs => ${seconds})))
    FROM portability_bundle b WHERE b.tenant_id = ${tenantId} AND b.id = ${bundle.id}`);
  return readOwnLink(writer, tenantId, id, actor.subjectId);
}

/**
 * Ends a link, also one that is being used. Without `subjectId` it may be anybody's at the tenant. Throws NOT_FOUND; a link
 * that has ended already is no error.
 */
export async function revokeLink(
  writer: Writer,
  tenantId: string,
  linkId: string,
  subjectId: string | null,
): Promise<DownloadLinkRow> {
  const { id } = await readOwnLink(writer, tenantId, linkId, subjectId);
  await writer.execute(sql`UPDATE download_link SET revoked_at = coalesce(revoked_at, clock_timestamp())
    WHERE tenant_id = ${tenantId} AND id = ${id}`);
  await endDownloads(writer, sql`tenant_id = ${tenantId} AND link_id = ${id}`, 'REVOKED');
  return readOwnLink(writer, tenantId, id, subjectId);
}

/** Ends downloads that are under way; their connections are cut when they are next looked after. */
export async function endDownloads(
  writer: Writer,
  which: Sql,
  outcome: 'REVOKED' | 'MISMATCH' | 'LOST' | 'ABANDONED',
): Promise<void> {
  await writer.execute(sql`UPDATE download SET outcome = ${outcome}, stream = NULL WHERE ${which} AND outcome IS NULL`);
}

/** The links to a bundle, the newest first. */
export function linksOf(reader: Reader, tenantId: string, bundleId: string): Promise<DownloadLinkRow[]> {
  return reader.query<DownloadLinkRow>(sql`SELECT ${columns} FROM ${rows}
    WHERE l.tenant_id = ${tenantId} AND l.bundle_id = ${bundleId} ORDER BY l.created_at DESC, l.id LIMIT 100`);
}

/** Where a link is opened. Whoever is told it can pass it on, so it is for its person alone. Throws KEYS_INVALID. */
export async function linkUrl(
  { linkKeys, publicOrigin = '' }: Pick<DeliveryDesk, 'linkKeys' | 'publicOrigin'>,
  { id, ...link }: DownloadLinkRow,
): Promise<string> {
  return `${publicOrigin}/download/${signLink(await linkKeys.active(), { ...link, linkId: id })}`;
}

async function readOwnLink(
  reader: Reader,
  tenantId: string,
  linkId: string,
  subjectId: string | null,
): Promise<DownloadLinkRow> {
  const [row] = await reader.query<DownloadLinkRow>(
    sql`SELECT ${columns} FROM ${rows} WHERE l.tenant_id = ${tenantId} AND l.id = ${linkId}`,
  );
  if (row === undefined || (subjectId !== null && row.subjectId !== subjectId))
    throw new CarryallError('NOT_FOUND', 'There is no such link.');
  return row;
}
