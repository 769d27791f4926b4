import { createServer } from 'node:http';
import pg from 'pg';

// One statement, written by hand for this one query, behind a bare server: about as fast as Node can be.
const STATEMENT = `SELECT json_build_object(
  'account', (SELECT json_build_object('id', id, 'fullName', full_name, 'email', email, 'createdAt', created_at)
    FROM account WHERE tenant_id = $1 AND subject_id = $2),
  'billingReferences', (SELECT json_agg(json_build_object('id', id, 'stripeCustomerId', stripe_customer_id,
      'stripeSubscriptionId', stripe_subscription_id) ORDER BY id)
    FROM billing_reference WHERE tenant_id = $1 AND subject_id = $2),
  'licenseKeys', (SELECT json_agg(json_build_object('id', id, 'key', key, 'type', type, 'createdAt', created_at) ORDER BY id)
    FROM license_key WHERE tenant_id = $1 AND subject_id = $2),
  'tickets', (SELECT json_agg(json_build_object('id', id, 'subject', subject, 'status', status, 'createdAt', created_at,
      'lastInteractionAt', last_interaction_at, 'messages',
      (SELECT json_agg(json_build_object('id', id, 'channel', channel, 'body', body, 'sentAt', sent_at) ORDER BY sent_at, id)
        FROM message m WHERE m.tenant_id = t.tenant_id AND m.ticket_id = t.id)) ORDER BY last_interaction_at DESC, id DESC)
    FROM (SELECT * FROM support_ticket WHERE tenant_id = $1 AND subject_id = $2
      ORDER BY last_interaction_at DESC, id DESC LIMIT 10) t),
  'calls', (SELECT json_agg(json_build_object('id', id, 'direction', direction, 'calledNumber', called_number,
      'startedAt', started_at, 'durationSeconds', duration_seconds, 'status', status, 'planTier', plan_tier)
      ORDER BY started_at DESC, id DESC)
    FROM (SELECT * FROM call_record WHERE tenant_id = $1 AND subject_id = $2
      ORDER BY started_at DESC, id DESC LIMIT 20) c))::text AS answer`;

const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE, max: 10 });

const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const { tenantId, subjectId } = JSON.parse(Buffer.concat(pieces));
  const { rows } = await pool.query({ name: 'answer', text: STATEMENT, values: [tenantId, subjectId] });
  response.setHeader('content-type', 'application/json').end(rows[0].answer);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
