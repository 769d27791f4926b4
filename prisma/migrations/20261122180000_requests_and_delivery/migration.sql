-- AlterTable
ALTER TABLE "data_subject_request" DROP COLUMN "route",
ADD COLUMN     "acknowledged_at" TIMESTAMPTZ(6),
ADD COLUMN     "answer" TEXT,
ADD COLUMN     "attempt" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "channel" TEXT NOT NULL,
ADD COLUMN     "closed_at" TIMESTAMPTZ(6),
ADD COLUMN     "details" TEXT,
ADD COLUMN     "extended_at" TIMESTAMPTZ(6),
ADD COLUMN     "extension_reason" TEXT,
ADD COLUMN     "failure_code" TEXT,
ADD COLUMN     "format" TEXT,
ADD COLUMN     "held_until" TIMESTAMPTZ(6),
ADD COLUMN     "language" TEXT,
ADD COLUMN     "refusal_ground" TEXT,
ADD COLUMN     "sealing" BYTEA,
ALTER COLUMN "subject_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "portability_bundle" ADD COLUMN     "recalled_at" TIMESTAMPTZ(6),
ADD COLUMN     "request_id" TEXT,
ADD COLUMN     "sealed" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "storage_key" TEXT;

-- CreateTable
CREATE TABLE "download_link" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "bundle_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "download_link_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "download" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "link_id" TEXT NOT NULL,
    "bundle_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "session" TEXT NOT NULL,
    "network" TEXT,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL,
    "completed_at" TIMESTAMPTZ(6),
    "sent_bytes" BIGINT NOT NULL DEFAULT 0,
    "outcome" TEXT,

    CONSTRAINT "download_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "transmission" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "bundle_id" TEXT,
    "storage_key" TEXT,
    "sha256" TEXT,
    "bytes" BIGINT,
    "sent_bytes" BIGINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),
    "receipt" TEXT,
    "failure_code" TEXT,

    CONSTRAINT "transmission_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "reception" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "held_bytes" BIGINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),
    "failure_code" TEXT,

    CONSTRAINT "reception_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "notice" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" TEXT,
    "bundle_id" TEXT,
    "link_id" TEXT,
    "identifier_id" TEXT,
    "role" TEXT,
    "endpoint_id" TEXT,
    "language" TEXT NOT NULL,
    "secret" BYTEA,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "not_before" TIMESTAMPTZ(6) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(6),
    "dropped_at" TIMESTAMPTZ(6),
    "failure_code" TEXT,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "webhook_endpoint" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "kinds" TEXT[],
    "secret" BYTEA NOT NULL,
    "previous_secret" BYTEA,
    "previous_ends_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "created_by" TEXT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "paused_at" TIMESTAMPTZ(6),

    CONSTRAINT "webhook_endpoint_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "request_step" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "step" TEXT NOT NULL,
    "from" TEXT,
    "to" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,

    CONSTRAINT "request_step_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "routing_decision" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "policy_code" TEXT NOT NULL,
    "policy_version" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "relation" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "party" TEXT,
    "clauses" TEXT[],
    "items" TEXT[],
    "instruction_id" TEXT,
    "review" TEXT,
    "reviewed_by" TEXT,
    "reviewed_at" TIMESTAMPTZ(6),
    "decided_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "routing_decision_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "identity_challenge" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "identifier_id" TEXT,
    "code_digest" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "identity_challenge_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "idempotent_answer" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "question" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "idempotent_answer_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "build_attempt" (
    "tenant_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "worker" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "rows" BIGINT NOT NULL DEFAULT 0,
    "expected_rows" BIGINT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "outcome" TEXT,

    CONSTRAINT "build_attempt_pkey" PRIMARY KEY ("tenant_id","request_id","attempt")
);

-- CreateIndex
CREATE INDEX "download_link_tenant_id_bundle_id_idx" ON "download_link"("tenant_id", "bundle_id");

-- CreateIndex
CREATE INDEX "download_tenant_id_bundle_id_idx" ON "download"("tenant_id", "bundle_id");

-- CreateIndex
CREATE INDEX "download_tenant_id_link_id_idx" ON "download"("tenant_id", "link_id");

-- CreateIndex
CREATE INDEX "transmission_tenant_id_request_id_idx" ON "transmission"("tenant_id", "request_id");

-- CreateIndex
CREATE UNIQUE INDEX "reception_tenant_id_sender_sha256_key" ON "reception"("tenant_id", "sender", "sha256");

-- CreateIndex
CREATE INDEX "notice_tenant_id_sent_at_dropped_at_not_before_idx" ON "notice"("tenant_id", "sent_at", "dropped_at", "not_before");

-- CreateIndex
CREATE UNIQUE INDEX "notice_tenant_id_dedupe_key_key" ON "notice"("tenant_id", "dedupe_key");

-- CreateIndex
CREATE INDEX "request_step_tenant_id_request_id_at_id_idx" ON "request_step"("tenant_id", "request_id", "at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "routing_decision_tenant_id_request_id_role_relation_key" ON "routing_decision"("tenant_id", "request_id", "role", "relation");

-- CreateIndex
CREATE INDEX "identity_challenge_tenant_id_request_id_idx" ON "identity_challenge"("tenant_id", "request_id");

-- CreateIndex
CREATE INDEX "idempotent_answer_tenant_id_created_at_idx" ON "idempotent_answer"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "data_subject_request_tenant_id_status_due_at_id_idx" ON "data_subject_request"("tenant_id", "status", "due_at", "id");

-- CreateIndex
CREATE INDEX "portability_bundle_tenant_id_request_id_idx" ON "portability_bundle"("tenant_id", "request_id");

-- CreateIndex
CREATE INDEX "portability_bundle_tenant_id_status_expires_at_idx" ON "portability_bundle"("tenant_id", "status", "expires_at");

-- AddForeignKey
ALTER TABLE "download_link" ADD CONSTRAINT "download_link_tenant_id_bundle_id_fkey" FOREIGN KEY ("tenant_id", "bundle_id") REFERENCES "portability_bundle"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "download" ADD CONSTRAINT "download_tenant_id_bundle_id_fkey" FOREIGN KEY ("tenant_id", "bundle_id") REFERENCES "portability_bundle"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "download" ADD CONSTRAINT "download_tenant_id_link_id_fkey" FOREIGN KEY ("tenant_id", "link_id") REFERENCES "download_link"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "request_step" ADD CONSTRAINT "request_step_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "data_subject_request"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "routing_decision" ADD CONSTRAINT "routing_decision_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "data_subject_request"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity_challenge" ADD CONSTRAINT "identity_challenge_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "data_subject_request"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portability_bundle" ADD CONSTRAINT "portability_bundle_tenant_id_request_id_fkey" FOREIGN KEY ("tenant_id", "request_id") REFERENCES "data_subject_request"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- A person has one active request of a kind at a time (U-36). One that is not verified yet counts for nothing: whoever files it in
-- another's name must not be in their way.
CREATE UNIQUE INDEX "data_subject_request_one_active" ON "data_subject_request" ("tenant_id", "subject_id", "right")
WHERE "right" IN ('ACCESS', 'PORTABILITY')
  AND "status" IN ('RECEIVED', 'NEEDS_REVIEW', 'INSTRUCTION_REQUIRED', 'APPROVED', 'BUILDING');

-- Of many who open a link at once one begins the download (D-11).
CREATE UNIQUE INDEX "download_one_open" ON "download" ("tenant_id", "link_id") WHERE "outcome" IS NULL;

ALTER TABLE "data_subject_request"
ADD CONSTRAINT "data_subject_request_status_check" CHECK ("status" IN ('RECEIVED', 'AWAITING_IDENTITY', 'NEEDS_REVIEW',
  'INSTRUCTION_REQUIRED', 'FORWARDED', 'APPROVED', 'BUILDING', 'READY', 'DELIVERED', 'EXPIRED', 'REFUSED', 'CANCELLED', 'FAILED')),
ADD CONSTRAINT "data_subject_request_known_check" CHECK ("subject_id" IS NOT NULL
  OR "status" IN ('AWAITING_IDENTITY', 'REFUSED', 'CANCELLED', 'EXPIRED')),
ADD CONSTRAINT "data_subject_request_extension_check" CHECK (("extended_at" IS NULL) = ("extension_reason" IS NULL));

ALTER TABLE "portability_bundle"
ADD CONSTRAINT "portability_bundle_status_check" CHECK ("status" IN ('READY', 'EXPIRED', 'RECALLED', 'LOST', 'QUARANTINED'));

ALTER TABLE "identity_challenge"
ADD CONSTRAINT "identity_challenge_tries_check" CHECK ("tries" BETWEEN 0 AND 5);

SELECT carryall_protect('request_step', 'SELECT, INSERT');
SELECT carryall_protect(c) FROM unnest(ARRAY['routing_decision', 'identity_challenge', 'idempotent_answer', 'build_attempt',
  'download_link', 'download', 'transmission', 'reception', 'notice', 'webhook_endpoint']::regclass[]) c;
