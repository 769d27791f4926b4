import type { TestGateway } from './open-gateway.ts';

/** An entry of a tenant's audit log, as far as tests look at it. */
export interface Entry {
  readonly actorKind: string;
  readonly action: string;
  readonly outcome: string;
  readonly subjectId: string | null;
  readonly purpose: string | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly policy: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What was added to a tenant's log while `work` ran, and what `work` gave. */
export async function auditing<T>(
  at: Pick<TestGateway, 'pool'>,
  tenant: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly entries: readonly Entry[] }> {
  const last = await at.pool.query<{ seq: string }>(
    'SELECT coalesce(max(seq), 0) AS seq FROM audit_event WHERE tenant_id = $1',
    [tenant],
  );
  const result = await work();
  const { rows } = await at.pool.query<Entry>(
    `SELECT actor_kind AS "actorKind", action, outcome, subject_id AS "subjectId", purpose, reason, ticket,
       policy_code || ' ' || policy_version AS policy, detail
     FROM audit_event WHERE tenant_id = $1 AND seq > $2 ORDER BY seq`,
    [tenant, last.rows[0]?.seq],
  );
  return { result, entries: rows };
}
