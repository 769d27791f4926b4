-- Tenants behind row-level security: docs/decisions/0016-row-level-security.md.

-- Roles belong to the cluster, so another database may have made them, even at this moment.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['carryall_app', 'carryall_operator'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT', name);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'The role % may not create roles. Let a superuser run: CREATE ROLE carryall_app NOLOGIN; CREATE ROLE carryall_operator NOLOGIN; GRANT carryall_app, carryall_operator TO %;', current_user, quote_ident(current_user);
      END;
    END IF;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
      BEGIN
        EXECUTE format('GRANT %I TO CURRENT_USER', name);
      EXCEPTION
        -- Granted by someone else, or at this moment; whether the gateway may take the roles is checked as it starts.
        WHEN insufficient_privilege OR unique_violation OR internal_error THEN NULL;
      END;
    END IF;
  END LOOP;
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO carryall_app, carryall_operator', current_schema());
END
$$;

-- Every migration that makes a table with tenant_id calls this for it. Called again, it puts the policy right and leaves the
-- privileges as they are.
CREATE FUNCTION carryall_protect(target regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  -- Once set and reset, a setting is '' and no longer null. Kept this plain, the planner tests it once a query, not once a row.
  same text := 'tenant_id = NULLIF(current_setting(''app.tenant'', true), '''')';
  known boolean := EXISTS (SELECT FROM pg_policy WHERE polrelid = target AND polname = 'tenant');
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  IF known THEN
    EXECUTE format('ALTER POLICY tenant ON %s TO PUBLIC USING (%s) WITH CHECK (%s)', target, same, same);
    RETURN;
  END IF;
  EXECUTE format('CREATE POLICY tenant ON %s USING (%s) WITH CHECK (%s)', target, same, same);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, carryall_app', target);
  EXECUTE format('GRANT %s ON %s TO carryall_app', privileges, target);
END
$$;

SELECT carryall_protect(c.oid, CASE WHEN c.relname = 'audit_event' THEN 'SELECT, INSERT' ELSE 'SELECT, INSERT, UPDATE, DELETE' END)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
ORDER BY c.relname;

-- Whoever works for all tenants may know which there are, and nothing else.
CREATE POLICY operator ON tenant FOR SELECT TO carryall_operator USING (true);
GRANT SELECT ON tenant TO carryall_operator;
