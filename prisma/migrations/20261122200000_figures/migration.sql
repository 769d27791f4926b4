-- What an operator watches is counted over all tenants: states, channels and times, and nobody's name or id. The policies hold for
-- whoever has taken the role, and not for those who only may.
DO $$
DECLARE
  target record;
BEGIN
  FOR target IN
    SELECT * FROM (VALUES
      ('data_subject_request'::regclass, 'tenant_id, status, received_at, due_at'),
      ('notice'::regclass, 'channel, created_at, not_before, sent_at, dropped_at'),
      ('portability_bundle'::regclass, 'status')
    ) AS t (name, columns)
  LOOP
    EXECUTE format('GRANT SELECT (%s) ON %s TO carryall_operator', target.columns, target.name);
    EXECUTE format('CREATE POLICY operator ON %s FOR SELECT TO carryall_operator USING (current_user = ''carryall_operator'')', target.name);
  END LOOP;
END
$$;
