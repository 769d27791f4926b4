import type pg from 'pg';

/** The people whom the bench of queries asks about. */
export interface QueriedPeople {
  readonly tenantId: string;
  readonly ids: readonly string[];
}

const TENANT = 'bench-query';
const PEOPLE = 300;
const TABLES = ['account', 'billing_reference', 'license_key', 'support_ticket', 'message', 'call_record'];

/**
 * Makes 300 people, once: each with an account, 3 billing references, 3 licence keys, 12 tickets of 3 messages and 60 calls.
 * Later runs find them.
 */
export async function seedQuery(pool: pg.Pool): Promise<QueriedPeople> {
  const ids = Array.from({ length: PEOPLE }, (_, index) => `sub_query_${String(index).padStart(4, '0')}`);
  await pool.query(
    `INSERT INTO tenant (tenant_id, policy_code, name) VALUES ($1, 'CP', 'Bench') ON CONFLICT DO NOTHING`,
    [TENANT],
  );
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO subject (tenant_id, id) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING RETURNING id`,
    [TENANT, ids],
  );
  const made = rows.map(({ id }) => id);
  if (made.length > 0) for (const statement of ROWS) await pool.query(statement, [TENANT, made]);
  await pool.query(`VACUUM ANALYZE ${TABLES.join(', ')}`);
  return { tenantId: TENANT, ids };
}

/** How each table gets its rows, for the tenant `$1` and the people `$2`. */
const ROWS = [
  `INSERT INTO account (tenant_id, id, subject_id, source_system, full_name, email, created_at)
   SELECT $1, 'acc_' || s, s, 'crm', 'Person ' || s, s || '@example.org', date_trunc('second', now()) - interval '700 days'
   FROM unnest($2::text[]) s`,
  `INSERT INTO billing_reference (tenant_id, id, subject_id, source_system, stripe_customer_id, stripe_subscription_id)
   SELECT $1, 'bil_' || n || '_' || s, s, 'stripe', 'cus_' || substr(md5(s), 1, 14), 'sub_' || substr(md5(s || n), 1, 24)
   FROM unnest($2::text[]) s, generate_series(1, 3) n`,
  `INSERT INTO license_key (tenant_id, id, subject_id, source_system, key, type, created_at)
   SELECT $1, 'lic_' || n || '_' || s, s, 'licences', md5(s || n), 'PRO', date_trunc('second', now()) - n * interval '100 days'
   FROM unnest($2::text[]) s, generate_series(1, 3) n`,
  `INSERT INTO support_ticket (tenant_id, id, subject_id, source_system, subject, status, created_at, last_interaction_at)
   SELECT $1, 'tic_' || n || '_' || s, s, 'desk', 'Question ' || n, 'OPEN', date_trunc('second', now()) - n * interval '40 days',
     date_trunc('second', now()) - n * interval '39 days'
   FROM unnest($2::text[]) s, generate_series(1, 12) n`,
  `INSERT INTO message (tenant_id, id, subject_id, source_system, ticket_id, channel, author_kind, body, sent_at)
   SELECT $1, 'msg_' || n || '_' || m || '_' || s, s, 'desk', 'tic_' || n || '_' || s, 'EMAIL',
     (ARRAY['SUBJECT', 'AGENT'])[1 + m % 2]::author_kind, repeat('My calls to the number that ends with ' || n || ' are cut. ', 5),
     date_trunc('second', now()) - n * interval '40 days' + m * interval '1 hour'
   FROM unnest($2::text[]) s, generate_series(1, 12) n, generate_series(1, 3) m`,
  `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at, duration_seconds, status, plan_tier)
   SELECT $1, 'call_' || n || '_' || s, s, 'freeswitch', '+3161' || lpad((n::bigint * 7919 % 10000000)::text, 7, '0'),
     date_trunc('second', now()) - n * interval '5 days', (n * 31) % 900, (ARRAY['ANSWERED', 'NO_ANSWER', 'BUSY'])[1 + n % 3]::call_status,
     (ARRAY['FREE', 'PRO'])[1 + n % 2]::plan_tier
   FROM unnest($2::text[]) s, generate_series(1, 60) n`,
];
