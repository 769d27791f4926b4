import type pg from 'pg';

/** The person whom a bench exports. */
export interface SeededSubject {
  readonly tenantId: string;
  readonly subjectId: string;
}

/** Makes a person with so many calls over the last two years, once; later runs find them. */
export async function seedCaller(pool: pg.Pool, rows: number): Promise<SeededSubject> {
  const tenantId = 'bench';
  const subjectId = `sub_bench_${rows}`;
  await pool.query(
    `INSERT INTO tenant (tenant_id, policy_code, name) VALUES ($1, 'CP', 'Bench') ON CONFLICT DO NOTHING`,
    [tenantId],
  );
  const { rowCount } = await pool.query(`INSERT INTO subject (tenant_id, id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    tenantId,
    subjectId,
  ]);
  if (rowCount === 0) return { tenantId, subjectId };
  await pool.query(
    `INSERT INTO call_record (tenant_id, id, subject_id, source_system, direction, called_number, started_at, duration_seconds, status, plan_tier)
     SELECT $1, 'call_record_' || substr(md5($2 || g), 1, 24), $2, 'freeswitch', 'OUTBOUND', '+3161' || lpad((g::bigint * 7919 % 10000000)::text, 7, '0'),
       now() - (g * 1.0 / $3) * interval '700 days', (g::bigint * 31 % 900)::int,
       (ARRAY['ANSWERED', 'NO_ANSWER', 'BUSY'])[1 + g % 3]::call_status, (ARRAY['FREE', 'PRO'])[1 + g % 2]::plan_tier
     FROM generate_series(1, $3::int) g`,
    [tenantId, subjectId, rows],
  );
  await pool.query('ANALYZE call_record');
  return { tenantId, subjectId };
}
