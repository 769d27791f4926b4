-- What was there before is as old as can be: nobody is made to wait because of an upgrade.
ALTER TABLE "subject_identifier" ADD COLUMN "held_since" TIMESTAMPTZ(6) NOT NULL DEFAULT '-infinity';
ALTER TABLE "subject_identifier" ALTER COLUMN "held_since" SET DEFAULT CURRENT_TIMESTAMP;

-- A file that is imported must not be able to say that an address is old.
CREATE FUNCTION carryall_identifier_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.held_since := CURRENT_TIMESTAMP;
  RETURN NEW;
END
$$;
CREATE TRIGGER identifier_held BEFORE INSERT OR UPDATE OF "value", "subject_id" ON "subject_identifier"
FOR EACH ROW EXECUTE FUNCTION carryall_identifier_held();
