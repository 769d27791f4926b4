-- CreateTable
CREATE TABLE "principal" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "organisation_id" TEXT,
    "role_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),

    CONSTRAINT "principal_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "sign_in_session" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "principal_id" TEXT NOT NULL,
    "role_at" TIMESTAMPTZ(6) NOT NULL,
    "authenticated_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "seen_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sign_in_session_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "app" TEXT NOT NULL,
    "purposes" TEXT[],
    "digest" TEXT NOT NULL,
    "ending" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "created_by" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "last_used_on" DATE,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "principal_tenant_id_actor_id_idx" ON "principal"("tenant_id", "actor_id");

-- CreateIndex
CREATE INDEX "sign_in_session_tenant_id_principal_id_idx" ON "sign_in_session"("tenant_id", "principal_id");

-- CreateIndex
CREATE INDEX "sign_in_session_tenant_id_expires_at_idx" ON "sign_in_session"("tenant_id", "expires_at");

-- AddForeignKey
ALTER TABLE "sign_in_session" ADD CONSTRAINT "sign_in_session_tenant_id_principal_id_fkey" FOREIGN KEY ("tenant_id", "principal_id") REFERENCES "principal"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A key is revoked, never forgotten.
SELECT carryall_protect('api_key', 'SELECT, INSERT, UPDATE');
SELECT carryall_protect('principal');
SELECT carryall_protect('sign_in_session');
