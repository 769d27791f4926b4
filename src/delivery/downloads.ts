import type { Actor } from '../access/actor.ts';
import { newId } from '../ids.ts';
import { lockRequest, take, type Taken } from '../requests/write.ts';
import { withTransaction, type Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { DeliveryDesk } from './desk.ts';
import { lockLink, type GoneReason, type LinkRow } from './link-row.ts';
import { endDownloads } from './links.ts';

/** Who downloads, and from where. */
export interface Downloader {
  readonly actor: Actor;
  /** A digest of the session. */
  readonly session: string;
  /** The network of the address. */
  readonly network: string;
}

/** One connection of a download. */
export interface Stream {
  readonly id: string;
  readonly downloadId: string;
  readonly link: LinkRow;
  readonly by: Downloader;
}

export type Beginning =
  | { readonly kind: 'BEGUN'; readonly stream: Stream }
  /** Another connection sends at present. */
  | { readonly kind: 'BUSY' }
  | { readonly kind: 'GONE'; readonly reason: GoneReason };

interface OpenDownload {
  readonly id: string;
  readonly session: string;
  readonly isSending: boolean;
}

/**
 * Begins a connection, or goes on with the download that the session has begun. The beginning of a download is on record
 * before its first byte goes out (L-09). Of many at once one begins (D-11). Whoever `takesOver` ends a connection of their
 * own session that is lost to them, and of which nobody knows yet. Throws DATABASE_FAILED.
 */
export function beginStream(
  desk: DeliveryDesk,
  { tenantId, linkId }: { readonly tenantId: string; readonly linkId: string },
  by: Downloader,
  takesOver: boolean,
): Promise<Beginning> {
  return withTransaction(desk.pool, tenantId, async (writer): Promise<Beginning> => {
    const state = await lockLink(writer, { tenantId, linkId });
    if (state.kind === 'GONE') return state;
    const { link } = state;
    const open = await readOpenDownload(writer, link, desk.limits.leaseSeconds);
    const isOwn = open?.session === by.session;
    if (open?.isSending === true && !(isOwn && takesOver)) return { kind: 'BUSY' };
    const id = newId('stream');
    if (open !== null && isOwn) {
      await writer.execute(sql`UPDATE download SET stream = ${id}, seen_at = clock_timestamp()
        WHERE tenant_id = ${tenantId} AND id = ${open.id}`);
      return { kind: 'BEGUN', stream: { id, downloadId: open.id, link, by } };
    }
    // Whoever signs in anew begins anew.
    if (open !== null) await endDownloads(writer, sql`tenant_id = ${tenantId} AND id = ${open.id}`, 'ABANDONED');
    const downloadId = newId('download');
    await writer.execute(sql`
      INSERT INTO download (tenant_id, id, link_id, bundle_id, subject_id, session, network, started_at, seen_at, stream)
      VALUES (${tenantId}, ${downloadId}, ${linkId}, ${link.bundleId}, ${link.subjectId}, ${by.session}, ${by.network},
        clock_timestamp(), clock_timestamp(), ${id})`);
    await desk.audit.append(writer, entryOf(link, by, 'BEGUN', downloadId));
    return { kind: 'BEGUN', stream: { id, downloadId, link, by } };
  });
}

async function readOpenDownload(
  writer: Writer,
  { tenantId, linkId }: LinkRow,
  leaseSeconds: number,
): Promise<OpenDownload | null> {
  const [open] = await writer.query<OpenDownload>(sql`
    SELECT id, session, (stream IS NOT NULL AND seen_at > clock_timestamp() - make_interval(secs => ${leaseSeconds})) AS "isSending"
    FROM download WHERE tenant_id = ${tenantId} AND link_id = ${linkId} AND outcome IS NULL FOR NO KEY UPDATE`);
  return open ?? null;
}

/** What a connection has sent that was not noted yet. */
export interface Sent {
  readonly bytes: number;
  /** Whether the bundle's last byte was among it. */
  readonly isAtEnd: boolean;
}

/**
 * Notes that a connection is over. When with it as many bytes have gone out as the bundle has, and the last one among them, the
 * link is used up, the request delivered, the person told and the log kept, all of it or nothing. True when it was this that
 * completed the download. Throws DATABASE_FAILED.
 */
export function endStream(desk: DeliveryDesk, { id, downloadId, link, by }: Stream, sent: Sent): Promise<boolean> {
  const { tenantId, linkId, object } = link;
  return withTransaction(desk.pool, tenantId, async (writer) => {
    await writer.query(
      sql`SELECT FROM download_link WHERE tenant_id = ${tenantId} AND id = ${linkId} FOR NO KEY UPDATE`,
    );
    const [download] = await writer.query<{ isComplete: boolean }>(sql`UPDATE download SET seen_at = clock_timestamp(),
        sent_bytes = sent_bytes + ${sent.bytes}::bigint, at_end = at_end OR ${sent.isAtEnd}, stream = nullif(stream, ${id})
      WHERE tenant_id = ${tenantId} AND id = ${downloadId} AND outcome IS NULL
      RETURNING at_end AND sent_bytes >= ${object.bytes}::bigint AS "isComplete"`);
    if (download?.isComplete !== true) return false;
    await complete(desk, writer, link, by, downloadId);
    return true;
  });
}

async function complete(
  desk: DeliveryDesk,
  writer: Writer,
  link: LinkRow,
  by: Downloader,
  downloadId: string,
): Promise<void> {
  const { tenantId, linkId, bundleId, subjectId, requestId, language } = link;
  await writer.execute(sql`UPDATE download SET outcome = 'COMPLETE', completed_at = clock_timestamp(), stream = NULL
    WHERE tenant_id = ${tenantId} AND id = ${downloadId}`);
  await writer.execute(sql`UPDATE download_link SET used_at = clock_timestamp()
    WHERE tenant_id = ${tenantId} AND id = ${linkId}`);
  const delivered = requestId === null ? null : await deliver(desk, writer, { tenantId, requestId }, by);
  const about = { tenantId, requestId, bundleId, linkId, subjectId, language };
  await desk.outbox.put(writer, { ...about, kind: 'BUNDLE_DOWNLOADED', event: downloadId });
  await desk.audit.append(
    writer,
    ...(delivered === null ? [] : [delivered.entry]),
    entryOf(link, by, 'COMPLETE', downloadId),
  );
}

/** A bundle that is fetched a second time was delivered before. */
async function deliver(
  desk: DeliveryDesk,
  writer: Writer,
  key: { readonly tenantId: string; readonly requestId: string },
  { actor }: Downloader,
): Promise<Taken | null> {
  const { status } = await lockRequest(writer, key);
  return status === 'READY' ? take(desk, writer, { ...key, step: 'DELIVER', by: actor }) : null;
}

function entryOf({ subjectId, bundleId, linkId }: LinkRow, { actor }: Downloader, step: string, download: string) {
  return {
    actor,
    action: 'DOWNLOAD',
    outcome: 'ALLOWED',
    subjectId,
    detail: { step, bundle: bundleId, link: linkId, download },
  } as const;
}
