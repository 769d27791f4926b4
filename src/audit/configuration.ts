import type pg from 'pg';
import { withTransaction } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { append } from './append.ts';
import type { AuditActor, AuditDetail } from './entry.ts';
import type { AuditKeys } from './keys.ts';
import { INSTALLATION } from './words.ts';

/** What of an installation's configuration is recorded: digests, codes and counts, never a value that could be a secret. */
export type ConfigurationDetail = AuditDetail & { readonly digest: string };

/**
 * Records the configuration under which the gateway works, in the installation's own chain, if it is another than the last
 * that was recorded there. Returns whether it was. Throws DATABASE_FAILED.
 */
export async function recordConfiguration(
  pool: pg.Pool,
  keys: AuditKeys,
  actor: AuditActor,
  detail: ConfigurationDetail,
): Promise<boolean> {
  return withTransaction(pool, INSTALLATION, async (writer) => {
    const [last] = await writer.query<{
      digest: string | null;
    }>(sql`SELECT detail ->> 'digest' AS digest FROM audit_event
      WHERE tenant_id = ${INSTALLATION} AND action = 'CONFIGURATION' ORDER BY seq DESC LIMIT 1`);
    if (last?.digest === detail.digest) return false;
    await append(writer, keys, [{ actor, action: 'CONFIGURATION', outcome: 'ALLOWED', detail }]);
    return true;
  });
}
