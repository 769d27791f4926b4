-- AlterTable
ALTER TABLE "processing_instruction" DROP COLUMN "scope",
ADD COLUMN     "document" TEXT,
ADD COLUMN     "items" TEXT[],
ADD COLUMN     "recorded_at" TIMESTAMPTZ(6) NOT NULL,
ADD COLUMN     "recorded_by" TEXT NOT NULL,
ADD COLUMN     "revoked_at" TIMESTAMPTZ(6),
ADD COLUMN     "revoked_by" TEXT;

-- CreateTable
CREATE TABLE "access_grant" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "holder_kind" TEXT NOT NULL,
    "holder_id" TEXT NOT NULL,
    "items" TEXT[],
    "purpose" TEXT NOT NULL,
    "reason" TEXT,
    "ticket" TEXT,
    "minutes" INTEGER NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL,
    "decision" TEXT,
    "decided_by" TEXT,
    "decided_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "access_grant_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "access_grant_tenant_id_subject_id_holder_id_idx" ON "access_grant"("tenant_id", "subject_id", "holder_id");

-- CreateIndex
CREATE INDEX "access_grant_tenant_id_requested_at_id_idx" ON "access_grant"("tenant_id", "requested_at", "id");

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Limits that hold whoever writes: a second person decides, and what is given ends by itself within the hour.
ALTER TABLE "access_grant"
ADD CONSTRAINT "access_grant_minutes_check" CHECK (minutes BETWEEN 1 AND 60),
ADD CONSTRAINT "access_grant_decision_check" CHECK (decision IN ('APPROVED', 'REFUSED')),
ADD CONSTRAINT "access_grant_decided_check" CHECK (num_nonnulls(decision, decided_by, decided_at) IN (0, 3)),
ADD CONSTRAINT "access_grant_second_person_check" CHECK (decided_by <> holder_id),
ADD CONSTRAINT "access_grant_end_check" CHECK (
  (decision IS NOT DISTINCT FROM 'APPROVED') = (expires_at IS NOT NULL) AND expires_at <= decided_at + interval '1 hour');

ALTER TABLE "processing_instruction"
ADD CONSTRAINT "processing_instruction_period_check" CHECK (valid_to > valid_from),
ADD CONSTRAINT "processing_instruction_revoked_check" CHECK ((revoked_at IS NULL) = (revoked_by IS NULL));

-- A grant is decided, never forgotten.
SELECT carryall_protect('access_grant', 'SELECT, INSERT, UPDATE');
