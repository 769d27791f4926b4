import { actorIdOf, type Actor } from '../access/actor.ts';
import { mayAskForGrants, mayDecideGrants } from '../access/mandating.ts';
import { CarryallError } from '../errors.ts';
import { readPage, type Page, type PageRequest } from '../store/keyset.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { grantColumns, type GrantRow } from './grants.ts';

/**
 * A page of grants, the newest first: all of the tenant's for those who decide, and an asker's own. Throws FORBIDDEN to
 * everybody else, and BAD_INPUT for a page out of bounds.
 */
export async function listGrants(reader: Reader, actor: Actor, request: PageRequest): Promise<Page<GrantRow>> {
  const own = sql`AND g.holder_kind = ${actor.kind} AND g.holder_id = ${actorIdOf(actor)}`;
  const decides = mayDecideGrants(actor);
  if (!decides && !mayAskForGrants(actor))
    throw new CarryallError('FORBIDDEN', 'Grants are told to those who ask for them and to those who decide.');
  return readPage<GrantRow>(
    reader,
    {
      select: grantColumns,
      from: sql`access_grant g`,
      where: sql`g.tenant_id = ${actor.tenant} ${decides ? sql.empty : own}`,
      order: { column: sql`g.requested_at`, type: 'timestamptz', id: sql`g.id`, direction: 'descending' },
    },
    request,
  );
}
