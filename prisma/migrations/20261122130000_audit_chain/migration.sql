-- DropIndex
DROP INDEX "audit_event_tenant_id_subject_id_id_idx";

-- AlterTable
ALTER TABLE "audit_event" DROP COLUMN "actor_id",
ADD COLUMN     "actor_ref" TEXT,
ADD COLUMN     "hash" TEXT NOT NULL,
ADD COLUMN     "policy_code" TEXT,
ADD COLUMN     "policy_version" TEXT,
ADD COLUMN     "previous_hash" TEXT NOT NULL,
ADD COLUMN     "reason_ref" TEXT,
ADD COLUMN     "subject_ref" TEXT,
ADD COLUMN     "ticket" TEXT,
ALTER COLUMN "subject_id" DROP NOT NULL,
ALTER COLUMN "detail" SET NOT NULL;

-- CreateTable
CREATE TABLE "audit_pseudonym" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "salt" TEXT NOT NULL,

    CONSTRAINT "audit_pseudonym_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_pseudonym_tenant_id_ref_key" ON "audit_pseudonym"("tenant_id", "ref");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_subject_id_occurred_at_id_idx" ON "audit_event"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_subject_ref_seq_idx" ON "audit_event"("tenant_id", "subject_ref", "seq");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_actor_ref_seq_idx" ON "audit_event"("tenant_id", "actor_ref", "seq");

-- Limits that hold whoever writes.
ALTER TABLE "audit_event"
ADD CONSTRAINT "audit_event_seq_check" CHECK (seq >= 1),
ADD CONSTRAINT "audit_event_reason_check" CHECK (char_length(reason) <= 500),
ADD CONSTRAINT "audit_event_hash_check" CHECK (hash ~ '^[0-9a-f]{64}$' AND previous_hash ~ '^[0-9a-f]{64}$');

-- The functions below see this schema's tables and no temporary ones of the same names.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Where a tenant's chain ends. The caller is the only one who may go on from there until its transaction ends; it must be
-- READ COMMITTED. A wait of ten seconds fails.
CREATE FUNCTION "audit_head"(tenant text, OUT seq bigint, OUT hash text, OUT at text)
LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT SET lock_timeout = '10s' AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('carryall.audit/' || tenant, 0));
  SELECT e.seq, e.hash INTO seq, hash FROM audit_event e WHERE e.tenant_id = tenant ORDER BY e.seq DESC LIMIT 1;
  seq := coalesce(seq, 0);
  hash := coalesce(hash, repeat('0', 64));
  at := to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END $$;

-- A second line behind the rights of roles: not even the owner changes or deletes an entry by mistake.
CREATE FUNCTION "audit_event_guard"() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.subject_id IS NOT NULL AND NEW.subject_id IS NULL AND NEW.reason IS NULL
      AND to_jsonb(NEW) - 'subject_id' - 'reason' = to_jsonb(OLD) - 'subject_id' - 'reason' THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF current_setting('carryall.prune_tenant', true) = OLD.tenant_id
      AND OLD.seq <= nullif(current_setting('carryall.prune_up_to', true), '')::bigint THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'Entries of the audit log are not changed.' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER "audit_event_guard" BEFORE UPDATE OR DELETE ON "audit_event"
FOR EACH ROW EXECUTE FUNCTION "audit_event_guard"();

CREATE TRIGGER "audit_event_guard_truncate" BEFORE TRUNCATE ON "audit_event"
FOR EACH STATEMENT EXECUTE FUNCTION "audit_event_guard"();

-- What an erasure takes out of the log, for a role that has no other way to change it: whose entries they are, what staff
-- wrote of that person, and the salt without which nobody can say so again. It runs as its owner, whom row-level security
-- may not bind, so it takes the tenant from where the policies do and from no caller.
CREATE FUNCTION "audit_forget"(subject text, pseudonym text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  tenant text := nullif(current_setting('app.tenant', true), '');
  forgotten bigint;
BEGIN
  UPDATE audit_event SET subject_id = NULL, reason = NULL WHERE tenant_id = tenant AND subject_id = subject;
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  DELETE FROM audit_pseudonym WHERE tenant_id = tenant AND id = pseudonym AND kind = 'SUBJECT';
  RETURN forgotten;
END $$;

-- To add and to read is all that the gateway may do; audit_event has these rights already.
SELECT carryall_protect('audit_pseudonym', 'SELECT, INSERT');
REVOKE ALL ON FUNCTION "audit_forget"(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION "audit_forget"(text, text) TO carryall_app;
