import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { CarryallError, type Fault } from '../errors.ts';
import { newId } from '../ids.ts';
import type { SecretBox } from '../store/secret-box.ts';
import type { Reader, Writer } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { isNoticeKind, NOTICE_KINDS, type NoticeKind } from './kinds.ts';
import type { OutgoingDoor } from './outgoing.ts';

/** What endpoints are made and changed with. */
export interface EndpointDesk {
  readonly clock: Clock;
  readonly box: SecretBox;
  readonly door: OutgoingDoor;
}

/** Where a tenant's own systems hear of events. */
export interface EndpointRow {
  readonly id: string;
  readonly url: string;
  readonly kinds: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly failures: number;
  readonly pausedAt: Date | null;
  /** Until when the secret before this one signs as well. */
  readonly previousEndsAt: Date | null;
}

/** An endpoint with its secret, which nobody can read again. */
export interface EndpointWithSecret {
  readonly endpoint: EndpointRow;
  readonly secret: string;
}

/** The kinds that systems hear of. */
export const WEBHOOK_KINDS: readonly NoticeKind[] = Object.entries(NOTICE_KINDS)
  .filter(([, { webhook }]) => webhook)
  .map(([kind]) => kind as NoticeKind);

export const MOST_ENDPOINTS = 10;
/** So long two secrets sign, for receivers to change over. */
const OVERLAP_MS = 24 * 3_600_000;
const SECRET_BYTES = 32;

const columns: Sql = sql`e.id, e.url, e.kinds, e.created_at AS "createdAt", e.created_by AS "createdBy", e.failures,
  e.paused_at AS "pausedAt", e.previous_ends_at AS "previousEndsAt"`;

/** Where a secret of an endpoint lies, as its seal knows it. */
export function endpointPlace(tenantId: string, id: string): readonly string[] {
  return ['webhook_endpoint', tenantId, id];
}

/**
 * Makes an endpoint. Throws BAD_INPUT with all faults: an address that leads into an inner network (X-23), a kind that is none,
 * one endpoint too many.
 */
export async function createEndpoint(
  desk: EndpointDesk,
  writer: Writer,
  wish: { readonly tenantId: string; readonly url: string; readonly kinds: readonly string[]; readonly by: string },
): Promise<EndpointWithSecret> {
  const { tenantId, by } = wish;
  const faults = faultsOf(wish.kinds);
  const url = await desk.door.assertMaySend(wish.url).catch((error: unknown) => {
    if (!(error instanceof CarryallError)) throw error;
    faults.push({ path: 'url', reason: error.message });
    return null;
  });
  if (url === null || faults.length > 0)
    throw new CarryallError(
      'BAD_INPUT',
      `Such an endpoint cannot be made. ${faults.map(({ path, reason }) => `${path}: ${reason}`).join(' ')}`,
      { faults },
    );
  const id = newId('whe');
  const { secret, sealed } = newSecret(desk.box, tenantId, id);
  // The tenant's row is locked, so that of two at once none is the one too many.
  await writer.query(sql`SELECT 1 FROM tenant WHERE tenant_id = ${tenantId} FOR UPDATE`);
  const [endpoint] = await writer.query<EndpointRow>(sql`
    INSERT INTO webhook_endpoint AS e (tenant_id, id, url, kinds, secret, created_at, created_by)
    SELECT ${tenantId}, ${id}, ${url.href}, ${[...new Set(wish.kinds)]}::text[], ${sealed}::bytea, ${desk.clock.now()}::timestamptz, ${by}
    WHERE (SELECT count(*) FROM webhook_endpoint WHERE tenant_id = ${tenantId}) < ${MOST_ENDPOINTS} RETURNING ${columns}`);
  if (endpoint === undefined)
    throw new CarryallError('BAD_INPUT', `There are ${MOST_ENDPOINTS} endpoints, and no more are kept.`);
  return { endpoint, secret };
}

function faultsOf(kinds: readonly string[]): Fault[] {
  const unknown = kinds.filter((kind) => !isNoticeKind(kind) || !WEBHOOK_KINDS.includes(kind));
  if (kinds.length > 0 && unknown.length === 0) return [];
  return [{ path: 'kinds', reason: `wanted one or more of ${WEBHOOK_KINDS.join(', ')}` }];
}

function newSecret(box: SecretBox, tenantId: string, id: string): { readonly secret: string; readonly sealed: Buffer } {
  const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  return { secret, sealed: box.seal(secret, endpointPlace(tenantId, id)) };
}

/** Gives an endpoint another secret; the one before signs as well for a day (X-27). Throws NOT_FOUND. */
export async function rotateSecret(
  desk: EndpointDesk,
  writer: Writer,
  tenantId: string,
  id: string,
): Promise<EndpointWithSecret> {
  const { secret, sealed } = newSecret(desk.box, tenantId, id);
  const endsAt = new Date(desk.clock.now().getTime() + OVERLAP_MS);
  const [endpoint] = await writer.query<EndpointRow>(sql`
    UPDATE webhook_endpoint e SET previous_secret = secret, previous_ends_at = ${endsAt}::timestamptz, secret = ${sealed}::bytea
    WHERE tenant_id = ${tenantId} AND id = ${id} RETURNING ${columns}`);
  return { endpoint: found(endpoint), secret };
}

/** Sends nothing more to an endpoint, or goes on: then it starts with a clean count. Throws NOT_FOUND. */
export async function pauseEndpoint(
  desk: Pick<EndpointDesk, 'clock'>,
  writer: Writer,
  { tenantId, id, paused }: { readonly tenantId: string; readonly id: string; readonly paused: boolean },
): Promise<EndpointRow> {
  const [endpoint] = await writer.query<EndpointRow>(sql`
    UPDATE webhook_endpoint e SET paused_at = ${paused ? sql`coalesce(paused_at, ${desk.clock.now()}::timestamptz)` : sql`NULL`},
      failures = ${paused ? sql`failures` : sql`0`}
    WHERE tenant_id = ${tenantId} AND id = ${id} RETURNING ${columns}`);
  return found(endpoint);
}

/** The endpoints of a tenant, the newest first. */
export function listEndpoints(reader: Reader, tenantId: string): Promise<EndpointRow[]> {
  return reader.query<EndpointRow>(sql`SELECT ${columns} FROM webhook_endpoint e
    WHERE e.tenant_id = ${tenantId} ORDER BY e.created_at DESC, e.id`);
}

function found(endpoint: EndpointRow | undefined): EndpointRow {
  if (endpoint !== undefined) return endpoint;
  throw new CarryallError('NOT_FOUND', 'There is no such endpoint.');
}
