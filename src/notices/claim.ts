import type { Clock } from '../clock.ts';
import type pg from 'pg';
import { withTransaction } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import type { Outcome } from './mail.ts';

/*
 * A notice is claimed before it is sent and marked after. A claim is a promise to be back soon: it counts the attempt and puts
 * the row off for as long as a sending can take. So no transaction waits for somebody else's server, and a worker that dies in
 * between leaves a row that comes up again. It may then be sent twice, and always as the same message: the id of the row is its
 * Message-ID or webhook-id, by which whoever gets it knows it (U-37). To mark it first would lose what was not sent.
 */

export const CHANNELS = ['MAIL', 'SMS', 'WEBHOOK'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A notice that is about to be sent, with what it speaks of. */
export interface ClaimedNotice {
  readonly id: string;
  readonly channel: Channel;
  readonly kind: string;
  readonly requestId: string | null;
  readonly bundleId: string | null;
  readonly linkId: string | null;
  readonly identifierId: string | null;
  readonly role: string | null;
  readonly endpointId: string | null;
  readonly language: string;
  readonly secret: Uint8Array | null;
  readonly createdAt: Date;
  readonly attempts: number;
}

interface NoticeStore {
  readonly pool: pg.Pool;
  readonly clock: Clock;
}

/** Longer than a sending can take. */
const LEASE_MS = 120_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
/** With the pauses in between, about a day. */
export const MOST_ATTEMPTS = 12;

const due = (
  channel: Channel,
  now: Date,
): Sql => sql`n.channel = ${channel} AND n.sent_at IS NULL AND n.dropped_at IS NULL
  AND n.not_before <= ${now}::timestamptz`;

/** Claims the notice of a channel that has been due for longest; null when there is none. `skipped` are endpoints to leave out. */
export async function claimNotice(
  { pool, clock }: NoticeStore,
  tenantId: string,
  channel: Channel,
  skipped: readonly string[] = [],
): Promise<ClaimedNotice | null> {
  const now = clock.now();
  const until = new Date(now.getTime() + LEASE_MS);
  return withTransaction(pool, tenantId, async (writer) => {
    // MATERIALIZED: a subquery that the planner runs twice would claim two.
    const [row] = await writer.query<ClaimedNotice>(sql`
      WITH d AS MATERIALIZED (SELECT n.tenant_id, n.id FROM notice n
        LEFT JOIN webhook_endpoint e ON e.tenant_id = n.tenant_id AND e.id = n.endpoint_id
        WHERE n.tenant_id = ${tenantId} AND ${due(channel, now)} AND e.paused_at IS NULL
          AND (n.endpoint_id IS NULL OR n.endpoint_id <> ALL (${skipped}::text[]))
        ORDER BY n.not_before, n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
      UPDATE notice c SET attempts = c.attempts + 1, not_before = ${until}::timestamptz
      FROM d WHERE c.tenant_id = d.tenant_id AND c.id = d.id
      RETURNING c.id, c.channel, c.kind, c.request_id AS "requestId", c.bundle_id AS "bundleId", c.link_id AS "linkId",
        c.identifier_id AS "identifierId", c.role, c.endpoint_id AS "endpointId", c.language, c.secret,
        c.created_at AS "createdAt", c.attempts`);
    return row ?? null;
  });
}

/** How a try ended. */
export type Ending = 'SENT' | 'GIVEN_UP' | 'PUT_OFF';

/** Marks a claimed notice with how its sending ended. A one-time code is gone with it. */
export async function settleNotice(
  { pool, clock }: NoticeStore,
  tenantId: string,
  { id, attempts }: Pick<ClaimedNotice, 'id' | 'attempts'>,
  outcome: Outcome,
): Promise<Ending> {
  const now = clock.now();
  const where = sql`tenant_id = ${tenantId} AND id = ${id} AND sent_at IS NULL`;
  const run = (fragment: Sql): Promise<number> => withTransaction(pool, tenantId, (writer) => writer.execute(fragment));
  if (outcome.kind === 'SENT') {
    await run(sql`UPDATE notice SET sent_at = ${now}::timestamptz, secret = NULL, failure_code = NULL WHERE ${where}`);
    return 'SENT';
  }
  const { failureCode } = outcome;
  if (outcome.kind === 'NEVER' || attempts >= MOST_ATTEMPTS) {
    await run(
      sql`UPDATE notice SET dropped_at = ${now}::timestamptz, secret = NULL, failure_code = ${failureCode} WHERE ${where}`,
    );
    return 'GIVEN_UP';
  }
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
  const next = new Date(now.getTime() + pause);
  // The claim of another worker is not ours to shorten.
  await run(sql`UPDATE notice SET not_before = ${next}::timestamptz, failure_code = ${failureCode}
    WHERE ${where} AND attempts = ${attempts}::int`);
  return 'PUT_OFF';
}

/** How many notices of a channel are due and wait. */
export async function countDue({ pool, clock }: NoticeStore, tenantId: string, channel: Channel): Promise<number> {
  return withTransaction(pool, tenantId, async (reader) => {
    const [row] = await reader.query<{ count: string }>(
      sql`SELECT count(*) FROM notice n WHERE n.tenant_id = ${tenantId} AND ${due(channel, clock.now())}`,
    );
    return Number(row?.count ?? 0);
  });
}

/** What a paused endpoint has missed for so long is not told any more. */
const STALE = sql`interval '3 days'`;

/** Gives up what has waited too long for an endpoint that is paused. */
export async function dropStale({ pool, clock }: NoticeStore, tenantId: string): Promise<void> {
  const now = clock.now();
  await withTransaction(pool, tenantId, (writer) =>
    writer.execute(sql`UPDATE notice n SET dropped_at = ${now}::timestamptz, failure_code = 'ENDPOINT_PAUSED'
      FROM webhook_endpoint e WHERE e.tenant_id = n.tenant_id AND e.id = n.endpoint_id AND e.paused_at IS NOT NULL
        AND n.tenant_id = ${tenantId} AND ${due('WEBHOOK', now)} AND n.created_at < ${now}::timestamptz - ${STALE}`),
  );
}
