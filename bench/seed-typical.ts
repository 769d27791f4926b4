import type pg from 'pg';

/** The tables in which a typical person has rows. */
export const TABLES = [
  'account',
  'call_record',
  'invoice',
  'support_ticket',
  'message',
  'license_key',
  'api_request_log',
] as const;

/** People with rows as most have them. */
export interface TypicalPeople {
  readonly tenantId: string;
  readonly ids: readonly string[];
}

const TENANT = 'bench-small';

/**
 * Makes so many people, once: each with an account, 60 calls, 12 invoices, 5 tickets of 3 messages, 3 licence keys and 30
 * requests to the API. Later runs find them.
 */
export async function seedTypical(pool: pg.Pool, people: number): Promise<TypicalPeople> {
  const ids = Array.from({ length: people }, (_, index) => `sub_small_${String(index).padStart(5, '0')}`);
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
  await pool.query(`ANALYZE ${TABLES.join(', ')}`);
  return { tenantId: TENANT, ids };
}

/** How each table gets its rows, for the tenant `$1` and the people `$2`. */
const ROWS = [
  `INSERT INTO account (tenant_id, id, subject_id, source_system, full_name, email, phone, preferred_language, created_at)
   SELECT $1, 'acc_' || s, s, 'crm', 'Person ' || s, s || '@example.org', '+31612345678', 'nl', now() - interval '700 days'
   FROM unnest($2::text[]) s`,
  `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at, duration_seconds, status, plan_tier)
   SELECT $1, 'call_' || n || '_' || s, s, 'freeswitch', '+3161' || lpad((n::bigint * 7919 % 10000000)::text, 7, '0'),
     now() - n * interval '5 days', (n * 31) % 900, (ARRAY['ANSWERED', 'NO_ANSWER', 'BUSY'])[1 + n % 3]::call_status,
     (ARRAY['FREE', 'PRO'])[1 + n % 2]::plan_tier
   FROM unnest($2::text[]) s, generate_series(1, 60) n`,
  `INSERT INTO invoice (tenant_id, id, subject_id, source_system, number, issued_at, amount_minor, currency, payment_status)
   SELECT $1, 'inv_' || n || '_' || s, s, 'stripe', 'CP-' || n, now() - n * interval '30 days', 1900, 'EUR', 'PAID'
   FROM unnest($2::text[]) s, generate_series(1, 12) n`,
  `INSERT INTO support_ticket (tenant_id, id, subject_id, source_system, subject, status, created_at, last_interaction_at)
   SELECT $1, 'tic_' || n || '_' || s, s, 'desk', 'Question ' || n, 'OPEN', now() - n * interval '40 days', now() - n * interval '39 days'
   FROM unnest($2::text[]) s, generate_series(1, 5) n`,
  `INSERT INTO message (tenant_id, id, subject_id, source_system, ticket_id, channel, author_kind, body, sent_at)
   SELECT $1, 'msg_' || n || '_' || m || '_' || s, s, 'desk', 'tic_' || n || '_' || s, 'EMAIL',
     (ARRAY['SUBJECT', 'AGENT'])[1 + m % 2]::author_kind, repeat('My calls to the number that ends with ' || n || ' are cut. ', 5),
     now() - n * interval '40 days' + m * interval '1 hour'
   FROM unnest($2::text[]) s, generate_series(1, 5) n, generate_series(1, 3) m`,
  `INSERT INTO license_key (tenant_id, id, subject_id, source_system, key, type, created_at)
   SELECT $1, 'lic_' || n || '_' || s, s, 'licences', md5(s || n), 'PRO', now() - n * interval '100 days'
   FROM unnest($2::text[]) s, generate_series(1, 3) n`,
  `INSERT INTO api_request_log (tenant_id, id, subject_id, source_system, endpoint, method, status_code, occurred_at)
   SELECT $1, 'log_' || n || '_' || s, s, 'api', '/v1/calls/' || n, 'GET', 200, now() - n * interval '1 day'
   FROM unnest($2::text[]) s, generate_series(1, 30) n`,
];
