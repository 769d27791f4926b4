import { withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { DeliveryDesk } from './desk.ts';

const AT_A_TIME = 100;
/** Longer than any build takes between its last byte and its row. */
const YOUNGEST_MS = 24 * 3600 * 1000;

/**
 * Sets aside objects of a tenant of which no row knows, as after the database was restored from before they were made (U-32). They
 * are served to nobody either way; they are kept, since whoever restored may want them, and the operator is told. Returns how
 * many there were. What the storage refuses is told to `onFault`. Throws OUTPUT_FAILED and DATABASE_FAILED.
 */
export async function setOrphansAside(desk: DeliveryDesk, tenantId: string): Promise<number> {
  const { storage, onFault } = desk;
  let found = 0;
  let keys: string[] = [];
  const settle = async (): Promise<void> => {
    for (const key of await unknownOf(desk, tenantId, keys)) {
      try {
        await storage.setAside(key);
        await tell(desk, tenantId, key);
        found += 1;
      } catch (error) {
        onFault(error);
      }
    }
    keys = [];
  };
  for await (const key of storage.objects(tenantId, new Date(Date.now() - YOUNGEST_MS))) {
    keys.push(key);
    if (keys.length === AT_A_TIME) await settle();
  }
  await settle();
  return found;
}

async function unknownOf(
  { pool }: DeliveryDesk,
  tenantId: string,
  keys: readonly string[],
): Promise<readonly string[]> {
  const known = await withTransaction(pool, tenantId, (reader) =>
    reader.query<{ key: string }>(sql`
      SELECT storage_key AS key FROM portability_bundle WHERE tenant_id = ${tenantId} AND storage_key = ANY(${[...keys]}::text[])
      UNION SELECT storage_key FROM transmission WHERE tenant_id = ${tenantId} AND storage_key = ANY(${[...keys]}::text[])`),
  );
  const held = new Set(known.map(({ key }) => key));
  return keys.filter((key) => !held.has(key));
}

async function tell({ pool, outbox, audit }: DeliveryDesk, tenantId: string, key: string): Promise<void> {
  const bundle = key.split('/')[1] ?? '';
  await withTransaction(pool, tenantId, async (writer) => {
    await outbox.put(writer, { tenantId, kind: 'INCIDENT', event: `ORPHAN:${bundle}`, bundleId: bundle });
    await audit.append(writer, {
      actor: { kind: 'GATEWAY', tenant: tenantId },
      action: 'SWEEP',
      outcome: 'ALLOWED',
      detail: { step: 'ORPHAN_SET_ASIDE', bundle },
    });
  });
}
