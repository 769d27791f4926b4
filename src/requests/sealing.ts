import type { SecretBox } from '../store/secret-box.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import type { RequestKey } from './read.ts';

/** To whom a bundle is sealed: whoever knows the person's own passphrase, or holds the key of their age recipient. */
export type SealedTo =
  | { readonly kind: 'PASSPHRASE'; readonly passphrase: string }
  | { readonly kind: 'RECIPIENT'; readonly recipient: string };

/** What a request keeps until its bundle is made, so that the database alone does not tell it. */
export function closeSealing(box: SecretBox, request: RequestKey, to: SealedTo): Uint8Array {
  return box.seal(JSON.stringify(to), placeOf(request));
}

/** What a request's bundle is to be sealed with; null for one that is not to be sealed. Throws KEYS_INVALID. */
export async function readSealing(reader: Reader, box: SecretBox, request: RequestKey): Promise<SealedTo | null> {
  const { tenantId, requestId } = request;
  const [row] = await reader.query<{ sealing: Uint8Array | null }>(
    sql`SELECT sealing FROM data_subject_request WHERE tenant_id = ${tenantId} AND id = ${requestId}`,
  );
  return row?.sealing == null ? null : (JSON.parse(box.open(row.sealing, placeOf(request))) as SealedTo);
}

function placeOf({ tenantId, requestId }: RequestKey): readonly string[] {
  return ['data_subject_request', tenantId, requestId];
}
