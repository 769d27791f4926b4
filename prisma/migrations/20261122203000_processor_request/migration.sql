-- CreateTable
CREATE TABLE "processor_request" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "question" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" TEXT,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),
    "callback" TEXT,
    "told_status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "not_before" TIMESTAMPTZ(6),

    CONSTRAINT "processor_request_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "processor_request_tenant_id_sender_external_id_key" ON "processor_request"("tenant_id", "sender", "external_id");

ALTER TABLE "processor_request"
ADD CONSTRAINT "processor_request_status_check" CHECK ("status" IN ('RECEIVED', 'INSTRUCTION_REQUIRED', 'ANSWERED', 'REFUSED')),
ADD CONSTRAINT "processor_request_closed_check" CHECK (("closed_at" IS NOT NULL) = ("status" IN ('ANSWERED', 'REFUSED')));

SELECT carryall_protect('processor_request');
