import { isSealedKey } from '../bundle/store-bundle.ts';
import { fileNameOf } from './file-name.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';

/** A link and what it leads to. */
export interface LinkRow {
  readonly tenantId: string;
  readonly linkId: string;
  readonly subjectId: string;
  readonly expiresAt: Date;
  readonly bundleId: string;
  readonly requestId: string | null;
  readonly scope: string;
  readonly format: string;
  /** For whom it is sealed: the person said so, or the operator has what nobody said so of sealed for itself. */
  readonly sealedFor: 'NOBODY' | 'PERSON' | 'OPERATOR';
  readonly madeAt: Date;
  /** The language of the request. */
  readonly language: string | null;
  readonly object: StoredBundleFacts;
}

/** Under which name the bundle of a link is saved. */
export function savedAs(link: LinkRow): string {
  return fileNameOf({ ...link, sealed: link.sealedFor !== 'NOBODY' });
}

/** What the store says of a stored bundle; the storage must have the same. */
export interface StoredBundleFacts {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Why a link is good no longer. */
export type GoneReason = 'USED' | 'EXPIRED' | 'REVOKED' | 'BUNDLE' | 'PERSON';

/** A link that is good, or why it is not. */
export type LinkState =
  | { readonly kind: 'GOOD'; readonly link: LinkRow }
  | { readonly kind: 'GONE'; readonly reason: GoneReason };

interface Row extends Omit<LinkRow, 'object' | 'sealedFor'> {
  readonly sealed: boolean;
  readonly usedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly isOver: boolean;
  readonly isEnded: boolean;
  readonly status: string;
  readonly isBundleOver: boolean;
  readonly key: string | null;
  readonly bytes: string | null;
  readonly sha256: string | null;
}

export interface LinkId {
  readonly tenantId: string;
  readonly linkId: string;
}

/** Reads whether a link is good, by the database's own clock (D-02, D-35). */
export function readLinkState(reader: Reader, key: LinkId): Promise<LinkState> {
  return stateOf(reader, key, sql.empty);
}

/** The same, and keeps others from changing the link until the transaction ends. */
export function lockLink(reader: Reader, key: LinkId): Promise<LinkState> {
  return stateOf(reader, key, sql`FOR NO KEY UPDATE OF l`);
}

async function stateOf(reader: Reader, { tenantId, linkId }: LinkId, lock: Sql): Promise<LinkState> {
  const [row] = await reader.query<Row>(sql`
    SELECT l.tenant_id AS "tenantId", l.id AS "linkId", l.subject_id AS "subjectId", l.expires_at AS "expiresAt",
      l.used_at AS "usedAt", l.revoked_at AS "revokedAt", clock_timestamp() >= l.expires_at AS "isOver",
      b.id AS "bundleId", b.request_id AS "requestId", b.scope, b.format, b.sealed, b.created_at AS "madeAt", b.status,
      coalesce(clock_timestamp() >= b.expires_at, false) AS "isBundleOver", b.storage_key AS key, b.bytes::text, b.sha256,
      r.language,
      EXISTS (SELECT FROM principal p WHERE p.tenant_id = l.tenant_id AND p.kind = 'SUBJECT' AND p.actor_id = l.subject_id
        AND p.ended_at >= l.created_at) AS "isEnded"
    FROM download_link l
    JOIN portability_bundle b ON b.tenant_id = l.tenant_id AND b.id = l.bundle_id
    LEFT JOIN data_subject_request r ON r.tenant_id = b.tenant_id AND r.id = b.request_id
    WHERE l.tenant_id = ${tenantId} AND l.id = ${linkId} ${lock}`);
  if (row === undefined) return { kind: 'GONE', reason: 'PERSON' };
  const { usedAt, revokedAt, isOver, isEnded, status, isBundleOver, key, bytes, sha256, sealed, ...link } = row;
  const reason: GoneReason | null =
    status !== 'READY' || isBundleOver
      ? 'BUNDLE'
      : isEnded
        ? 'PERSON'
        : revokedAt !== null
          ? 'REVOKED'
          : usedAt !== null
            ? 'USED'
            : isOver
              ? 'EXPIRED'
              : null;
  if (reason !== null) return { kind: 'GONE', reason };
  if (key === null || bytes === null || sha256 === null) return { kind: 'GONE', reason: 'BUNDLE' };
  const sealedFor = sealed ? 'PERSON' : isSealedKey(key) ? 'OPERATOR' : 'NOBODY';
  return { kind: 'GOOD', link: { ...link, sealedFor, object: { key, bytes: Number(bytes), sha256 } } };
}
