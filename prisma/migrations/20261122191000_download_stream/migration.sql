-- AlterTable
ALTER TABLE "download" ADD COLUMN     "at_end" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "stream" TEXT;

-- The connections that send are looked after every half second.
CREATE UNIQUE INDEX "download_stream" ON "download" ("tenant_id", "stream") WHERE "stream" IS NOT NULL;
