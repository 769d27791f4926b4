-- AlterTable
ALTER TABLE "transmission" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "not_before" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "spent_statement" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "spent_statement_pkey" PRIMARY KEY ("tenant_id","id")
);

-- One transmission of a request to a recipient is under way at a time.
CREATE UNIQUE INDEX "transmission_one_open" ON "transmission" ("tenant_id", "request_id", "recipient")
WHERE "status" IN ('BUILDING', 'SENDING');

ALTER TABLE "transmission"
ADD CONSTRAINT "transmission_status_check" CHECK ("status" IN ('BUILDING', 'SENDING', 'RECEIVED', 'REFUSED', 'FAILED'));

ALTER TABLE "reception"
ADD CONSTRAINT "reception_status_check" CHECK ("status" IN ('RECEIVING', 'TAKEN', 'REFUSED')),
ADD CONSTRAINT "reception_held_check" CHECK ("held_bytes" BETWEEN 0 AND "bytes");

SELECT carryall_protect('spent_statement');
