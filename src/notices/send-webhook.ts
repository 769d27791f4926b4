import { withSnapshot, withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { ClaimedNotice } from './claim.ts';
import { endpointPlace } from './endpoints.ts';
import { readTold, type Told } from './facts.ts';
import type { Outcome } from './mail.ts';
import type { NoticeDesk } from './send.ts';
import { sendHook } from './webhook.ts';

interface Endpoint {
  readonly url: string;
  readonly secret: Uint8Array;
  readonly previousSecret: Uint8Array | null;
  readonly previousEndsAt: Date | null;
}

/** After so many failures in a row an endpoint is paused, until an administrator lets it go on. */
export const MOST_FAILURES = 10;

/** Sends a notice to the endpoint that it names, and counts how that endpoint does. */
export async function sendByWebhook(desk: NoticeDesk, tenantId: string, notice: ClaimedNotice): Promise<Outcome> {
  const { pool, box, clock, door } = desk;
  const { told, endpoint } = await withSnapshot(pool, tenantId, async (reader) => ({
    told: await readTold(reader, tenantId, notice),
    endpoint: (
      await reader.query<Endpoint>(sql`SELECT url, secret, previous_secret AS "previousSecret",
        previous_ends_at AS "previousEndsAt" FROM webhook_endpoint WHERE tenant_id = ${tenantId} AND id = ${notice.endpointId}`)
    )[0],
  }));
  if (endpoint === undefined) return { kind: 'NEVER', failureCode: 'NO_ENDPOINT' };
  const now = clock.now();
  const { url, secret, previousSecret, previousEndsAt } = endpoint;
  const sealed = [
    secret,
    ...(previousSecret !== null && previousEndsAt !== null && previousEndsAt > now ? [previousSecret] : []),
  ];
  const place = endpointPlace(tenantId, notice.endpointId ?? '');
  const secrets = sealed.map((each) => box.open(each, place));
  const outcome = await sendHook(door, { id: notice.id, url, secrets, body: bodyOf(tenantId, notice, told) }, now);
  await countOutcome(desk, tenantId, notice.endpointId ?? '', outcome);
  return outcome;
}

/** Ids, codes and times: nobody is named, and nothing opens a door. */
function bodyOf(tenantId: string, notice: ClaimedNotice, { facts, status, right }: Told): string {
  const { kind, createdAt, requestId, bundleId } = notice;
  return JSON.stringify({
    type: kind.toLowerCase().replace('_', '.'),
    timestamp: createdAt.toISOString(),
    data: {
      tenant: tenantId,
      request: requestId,
      right,
      status,
      due: facts.due?.toISOString() ?? null,
      bundle: bundleId,
    },
  });
}

async function countOutcome(desk: NoticeDesk, tenantId: string, id: string, outcome: Outcome): Promise<void> {
  const where = sql`tenant_id = ${tenantId} AND id = ${id}`;
  const isGone = outcome.kind === 'NEVER';
  await withTransaction(desk.pool, tenantId, (writer) =>
    writer.execute(
      outcome.kind === 'SENT'
        ? sql`UPDATE webhook_endpoint SET failures = 0 WHERE ${where} AND failures > 0`
        : sql`UPDATE webhook_endpoint SET failures = failures + 1,
            paused_at = CASE WHEN ${isGone}::boolean OR failures + 1 >= ${MOST_FAILURES}
              THEN coalesce(paused_at, ${desk.clock.now()}::timestamptz) ELSE paused_at END WHERE ${where}`,
    ),
  );
}
