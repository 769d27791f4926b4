import { INSTALLATION } from '../audit/words.ts';
import { withOperator, withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { DeliveryDesk } from './desk.ts';

const MOST_OPERATORS = 20;

/**
 * Reports that somebody guesses links, once an hour: in the installation's own log, and to the operator that the guesses
 * claim, or all of them when they claim none that there is. Throws DATABASE_FAILED.
 */
export async function reportGuessing(
  { pool, audit, outbox }: DeliveryDesk,
  claimed: string | null,
  hour: string,
): Promise<void> {
  const known = await withOperator(pool, (reader) =>
    reader.query<{ id: string }>(sql`SELECT tenant_id AS id FROM tenant ORDER BY tenant_id`),
  );
  const concerned = known.some(({ id }) => id === claimed) ? known.filter(({ id }) => id === claimed) : known;
  for (const { id } of concerned.slice(0, MOST_OPERATORS))
    await withTransaction(pool, id, (writer) =>
      outbox.put(writer, { tenantId: id, kind: 'INCIDENT', event: `GUESSING:${hour}` }),
    );
  await withTransaction(pool, INSTALLATION, (writer) =>
    audit.append(writer, {
      actor: { kind: 'ANONYMOUS', tenant: INSTALLATION },
      action: 'DOWNLOAD',
      outcome: 'DENIED',
      detail: { denial: 'GUESSING' },
    }),
  );
}
