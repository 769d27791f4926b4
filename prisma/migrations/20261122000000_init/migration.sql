-- CreateEnum
CREATE TYPE "account_status" AS ENUM ('ACTIVE', 'DELETION_PENDING', 'CLOSED');

-- CreateEnum
CREATE TYPE "team_role" AS ENUM ('ADMIN', 'MANAGER', 'USER', 'OTHER');

-- CreateEnum
CREATE TYPE "assigned_by" AS ENUM ('SELF', 'ADMIN', 'SYSTEM');

-- CreateEnum
CREATE TYPE "legal_document_kind" AS ENUM ('COMPANY_REGISTRATION', 'OTHER');

-- CreateEnum
CREATE TYPE "subscription_status" AS ENUM ('TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED', 'UNPAID', 'INCOMPLETE', 'EXPIRED');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('DRAFT', 'OPEN', 'PENDING', 'PAID', 'FAILED', 'REFUNDED', 'VOID', 'UNCOLLECTIBLE');

-- CreateEnum
CREATE TYPE "call_direction" AS ENUM ('INBOUND', 'OUTBOUND');

-- CreateEnum
CREATE TYPE "call_status" AS ENUM ('ANSWERED', 'NO_ANSWER', 'BUSY', 'FAILED', 'CANCELED', 'VOICEMAIL');

-- CreateEnum
CREATE TYPE "plan_tier" AS ENUM ('FREE', 'PRO');

-- CreateEnum
CREATE TYPE "recorded_parties" AS ENUM ('CALLER', 'CALLEE', 'BOTH');

-- CreateEnum
CREATE TYPE "consent_category" AS ENUM ('MARKETING', 'NON_ESSENTIAL_COOKIES', 'OTHER');

-- CreateEnum
CREATE TYPE "consent_status" AS ENUM ('GRANTED', 'WITHDRAWN', 'REFUSED');

-- CreateEnum
CREATE TYPE "activation_status" AS ENUM ('ACTIVE', 'INACTIVE', 'EXPIRED', 'DISABLED');

-- CreateEnum
CREATE TYPE "ticket_status" AS ENUM ('OPEN', 'PENDING', 'RESOLVED', 'CLOSED');

-- CreateEnum
CREATE TYPE "message_channel" AS ENUM ('EMAIL', 'CHAT', 'PHONE', 'OTHER');

-- CreateEnum
CREATE TYPE "author_kind" AS ENUM ('SUBJECT', 'AGENT', 'THIRD_PARTY', 'SYSTEM');

-- CreateEnum
CREATE TYPE "message_visibility" AS ENUM ('PUBLIC', 'INTERNAL');

-- CreateEnum
CREATE TYPE "communication_kind" AS ENUM ('ONBOARDING_NOTE', 'TRANSACTIONAL_EMAIL');

-- CreateEnum
CREATE TYPE "identifier_kind" AS ENUM ('EMAIL', 'PHONE', 'ACCOUNT_ID', 'CUSTOMER_ID', 'REQUESTER_ID');

-- CreateTable
CREATE TABLE "account" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "full_name" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "preferred_language" TEXT,
    "preferred_currency" TEXT,
    "settings" JSONB,
    "cookie_settings" JSONB,
    "status" "account_status" NOT NULL DEFAULT 'ACTIVE',
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "deletion_requested_at" TIMESTAMPTZ(6),
    "closed_at" TIMESTAMPTZ(6),
    "password_hash" TEXT,

    CONSTRAINT "account_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "organisation" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "legal_name" TEXT,
    "name_derived_from_email_domain" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "organisation_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "membership" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "role" "team_role" NOT NULL,
    "assigned_by" "assigned_by" NOT NULL DEFAULT 'SELF',

    CONSTRAINT "membership_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "licence_agreement" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "terminated_at" TIMESTAMPTZ(6),

    CONSTRAINT "licence_agreement_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "technical_contact" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "contact_subject_id" TEXT,
    "organisation_id" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "email" TEXT,
    "phone" TEXT,

    CONSTRAINT "technical_contact_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "billing_contact" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "contact_subject_id" TEXT,
    "organisation_id" TEXT,
    "first_name" TEXT,
    "last_name" TEXT,
    "email" TEXT,
    "phone" TEXT,

    CONSTRAINT "billing_contact_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "end_user" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "end_user_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "legal_document" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT,
    "kind" "legal_document_kind" NOT NULL,
    "file_name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "blob_key" TEXT NOT NULL,
    "submitted_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "legal_document_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "billing_profile" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT,
    "address_line1" TEXT,
    "address_line2" TEXT,
    "city" TEXT,
    "region" TEXT,
    "postal_code" TEXT,
    "country_code" TEXT,
    "vat_number" TEXT,
    "information" JSONB,

    CONSTRAINT "billing_profile_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "billing_reference" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "subscription_id" TEXT,
    "payment_id" TEXT,
    "stripe_customer_id" TEXT,
    "stripe_subscription_id" TEXT,
    "transaction_id" TEXT,

    CONSTRAINT "billing_reference_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "subscription" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT,
    "plan" TEXT NOT NULL,
    "status" "subscription_status" NOT NULL,
    "current_period_start" TIMESTAMPTZ(6),
    "current_period_end" TIMESTAMPTZ(6),

    CONSTRAINT "subscription_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "invoice" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "subscription_id" TEXT,
    "number" TEXT,
    "issued_at" TIMESTAMPTZ(6) NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "payment_status" "payment_status" NOT NULL,

    CONSTRAINT "invoice_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "invoice_line" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "description" TEXT,
    "quantity" INTEGER,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,

    CONSTRAINT "invoice_line_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "payment" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "invoice_id" TEXT,
    "status" "payment_status" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "paid_at" TIMESTAMPTZ(6),

    CONSTRAINT "payment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "tax_record" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "invoice_id" TEXT,
    "data" JSONB NOT NULL,

    CONSTRAINT "tax_record_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "payout" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "paid_at" TIMESTAMPTZ(6),

    CONSTRAINT "payout_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "wallet_transaction" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "wallet_transaction_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "call_record" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "campaign_id" TEXT,
    "direction" "call_direction" NOT NULL DEFAULT 'OUTBOUND',
    "calling_number" TEXT,
    "called_number" TEXT,
    "caller_id_displayed" TEXT,
    "counterpart_number" TEXT,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "duration_seconds" INTEGER,
    "status" "call_status",
    "plan_tier" "plan_tier",
    "realtime_session_id" TEXT,

    CONSTRAINT "call_record_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "campaign" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT,
    "name" TEXT NOT NULL,
    "recording_retention" TEXT NOT NULL DEFAULT 'P90D',

    CONSTRAINT "campaign_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "recording" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(6) NOT NULL,
    "recorded_parties" "recorded_parties" NOT NULL,
    "retention_period" TEXT,
    "deleted_by_customer_at" TIMESTAMPTZ(6),
    "file_name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "blob_key" TEXT,

    CONSTRAINT "recording_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "recording_file" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "recording_id" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "blob_key" TEXT,

    CONSTRAINT "recording_file_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "transcript" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "recording_id" TEXT,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "transcript_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "call_analysis" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "call_id" TEXT NOT NULL,
    "outcome" TEXT,
    "analysis" JSONB,
    "lead_score" DOUBLE PRECISION,
    "outcome_classification" TEXT,

    CONSTRAINT "call_analysis_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "integration_account" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "external_account_id" TEXT NOT NULL,
    "connected_at" TIMESTAMPTZ(6) NOT NULL,
    "scopes" TEXT[],

    CONSTRAINT "integration_account_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "integration_transfer" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "integration_account_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "integration_transfer_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "access_token" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "integration_account_id" TEXT,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "access_token_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "technical_key" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "integration_account_id" TEXT,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "technical_key_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "push_token" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "push_token_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "consent" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "category" "consent_category" NOT NULL,
    "purpose" TEXT NOT NULL,
    "status" "consent_status" NOT NULL,
    "granted_at" TIMESTAMPTZ(6),
    "withdrawn_at" TIMESTAMPTZ(6),

    CONSTRAINT "consent_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "license_key" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT,
    "key" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "license_key_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "activation" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "license_key_id" TEXT NOT NULL,
    "status" "activation_status" NOT NULL,
    "activated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "activation_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "data_subject_request" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "right" TEXT NOT NULL,
    "relation" TEXT NOT NULL,
    "route" TEXT,
    "status" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "identity_evidence" JSONB,

    CONSTRAINT "data_subject_request_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "processing_instruction" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT NOT NULL,
    "scope" JSONB NOT NULL,
    "purpose" TEXT NOT NULL,
    "retention" TEXT,
    "export_allowed" BOOLEAN NOT NULL DEFAULT false,
    "valid_from" TIMESTAMPTZ(6) NOT NULL,
    "valid_to" TIMESTAMPTZ(6),

    CONSTRAINT "processing_instruction_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "legal_hold" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "dataset" TEXT NOT NULL,
    "row_id" TEXT,
    "reason" TEXT NOT NULL,
    "until" TIMESTAMPTZ(6),

    CONSTRAINT "legal_hold_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "portability_bundle" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "sha256" TEXT,
    "bytes" BIGINT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "portability_bundle_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "bundle_entry" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "bundle_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "item_id" TEXT,
    "count" BIGINT,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "role" TEXT,
    "basis" TEXT,
    "retention_expires_at" TIMESTAMPTZ(6),
    "omitted_reason" TEXT,

    CONSTRAINT "bundle_entry_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "purpose" TEXT,
    "reason" TEXT,
    "detail" JSONB,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "support_ticket" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "subject" TEXT,
    "status" "ticket_status" NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),
    "last_interaction_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "support_ticket_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "message" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "ticket_id" TEXT,
    "channel" "message_channel" NOT NULL,
    "author_kind" "author_kind" NOT NULL,
    "visibility" "message_visibility" NOT NULL DEFAULT 'PUBLIC',
    "body" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "message_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "message_attachment" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "author_kind" "author_kind" NOT NULL,
    "visibility" "message_visibility" NOT NULL DEFAULT 'PUBLIC',
    "file_name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT,
    "blob_key" TEXT,

    CONSTRAINT "message_attachment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "communication" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "kind" "communication_kind" NOT NULL,
    "body" TEXT NOT NULL,
    "sent_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "communication_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "tenant" (
    "tenant_id" TEXT NOT NULL,
    "policy_code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "country" TEXT,
    "contact" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "subject" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subject_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "subject_identifier" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "kind" "identifier_kind" NOT NULL,
    "value" TEXT NOT NULL,

    CONSTRAINT "subject_identifier_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "session" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "login_event" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "ip_address" TEXT,
    "browser" TEXT,
    "os" TEXT,
    "device" TEXT,

    CONSTRAINT "login_event_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "api_request_log" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "status_code" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "api_request_log_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "server_log" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "ip_address" TEXT,
    "browser" TEXT,
    "os" TEXT,
    "device" TEXT,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "server_log_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "error_report" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "error_report_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "feature_usage" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "feature" TEXT NOT NULL,
    "action" TEXT,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "feature_usage_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "page_view" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "time_spent_seconds" INTEGER,
    "referrer_url" TEXT,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "page_view_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "usage_statistic" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "source_system" TEXT NOT NULL,
    "organisation_id" TEXT,
    "period_start" TIMESTAMPTZ(6) NOT NULL,
    "team" JSONB,
    "login_frequency" DOUBLE PRECISION,
    "advisor_count" INTEGER,
    "end_user_count" INTEGER,
    "call_count" INTEGER,

    CONSTRAINT "usage_statistic_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "account_tenant_id_subject_id_key" ON "account"("tenant_id", "subject_id");

-- CreateIndex
CREATE INDEX "membership_tenant_id_subject_id_id_idx" ON "membership"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "membership_tenant_id_organisation_id_idx" ON "membership"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "licence_agreement_tenant_id_organisation_id_idx" ON "licence_agreement"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "technical_contact_tenant_id_subject_id_id_idx" ON "technical_contact"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "technical_contact_tenant_id_contact_subject_id_idx" ON "technical_contact"("tenant_id", "contact_subject_id");

-- CreateIndex
CREATE INDEX "technical_contact_tenant_id_organisation_id_idx" ON "technical_contact"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "billing_contact_tenant_id_subject_id_id_idx" ON "billing_contact"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "billing_contact_tenant_id_contact_subject_id_idx" ON "billing_contact"("tenant_id", "contact_subject_id");

-- CreateIndex
CREATE INDEX "billing_contact_tenant_id_organisation_id_idx" ON "billing_contact"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "end_user_tenant_id_subject_id_id_idx" ON "end_user"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "end_user_tenant_id_organisation_id_idx" ON "end_user"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "legal_document_tenant_id_subject_id_id_idx" ON "legal_document"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "legal_document_tenant_id_organisation_id_idx" ON "legal_document"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "billing_profile_tenant_id_subject_id_id_idx" ON "billing_profile"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "billing_profile_tenant_id_organisation_id_idx" ON "billing_profile"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "billing_reference_tenant_id_subject_id_id_idx" ON "billing_reference"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "billing_reference_tenant_id_subscription_id_idx" ON "billing_reference"("tenant_id", "subscription_id");

-- CreateIndex
CREATE INDEX "billing_reference_tenant_id_payment_id_idx" ON "billing_reference"("tenant_id", "payment_id");

-- CreateIndex
CREATE INDEX "subscription_tenant_id_subject_id_id_idx" ON "subscription"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "subscription_tenant_id_organisation_id_idx" ON "subscription"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "invoice_tenant_id_subject_id_id_idx" ON "invoice"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "invoice_tenant_id_subscription_id_idx" ON "invoice"("tenant_id", "subscription_id");

-- CreateIndex
CREATE INDEX "invoice_line_tenant_id_subject_id_id_idx" ON "invoice_line"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "invoice_line_tenant_id_invoice_id_idx" ON "invoice_line"("tenant_id", "invoice_id");

-- CreateIndex
CREATE INDEX "payment_tenant_id_subject_id_id_idx" ON "payment"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "payment_tenant_id_invoice_id_idx" ON "payment"("tenant_id", "invoice_id");

-- CreateIndex
CREATE INDEX "tax_record_tenant_id_subject_id_id_idx" ON "tax_record"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "tax_record_tenant_id_invoice_id_idx" ON "tax_record"("tenant_id", "invoice_id");

-- CreateIndex
CREATE INDEX "payout_tenant_id_subject_id_id_idx" ON "payout"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "wallet_transaction_tenant_id_subject_id_id_idx" ON "wallet_transaction"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "call_record_tenant_id_subject_id_started_at_id_idx" ON "call_record"("tenant_id", "subject_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "call_record_tenant_id_called_number_idx" ON "call_record"("tenant_id", "called_number");

-- CreateIndex
CREATE INDEX "call_record_tenant_id_calling_number_idx" ON "call_record"("tenant_id", "calling_number");

-- CreateIndex
CREATE INDEX "call_record_tenant_id_counterpart_number_idx" ON "call_record"("tenant_id", "counterpart_number");

-- CreateIndex
CREATE INDEX "call_record_tenant_id_campaign_id_idx" ON "call_record"("tenant_id", "campaign_id");

-- CreateIndex
CREATE INDEX "campaign_tenant_id_subject_id_id_idx" ON "campaign"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "campaign_tenant_id_organisation_id_idx" ON "campaign"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "recording_tenant_id_subject_id_id_idx" ON "recording"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "recording_tenant_id_call_id_idx" ON "recording"("tenant_id", "call_id");

-- CreateIndex
CREATE INDEX "recording_file_tenant_id_subject_id_id_idx" ON "recording_file"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "recording_file_tenant_id_recording_id_idx" ON "recording_file"("tenant_id", "recording_id");

-- CreateIndex
CREATE INDEX "transcript_tenant_id_subject_id_id_idx" ON "transcript"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "transcript_tenant_id_call_id_idx" ON "transcript"("tenant_id", "call_id");

-- CreateIndex
CREATE INDEX "transcript_tenant_id_recording_id_idx" ON "transcript"("tenant_id", "recording_id");

-- CreateIndex
CREATE INDEX "call_analysis_tenant_id_subject_id_id_idx" ON "call_analysis"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "call_analysis_tenant_id_call_id_idx" ON "call_analysis"("tenant_id", "call_id");

-- CreateIndex
CREATE INDEX "integration_account_tenant_id_subject_id_id_idx" ON "integration_account"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "integration_transfer_tenant_id_subject_id_occurred_at_id_idx" ON "integration_transfer"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "integration_transfer_tenant_id_integration_account_id_idx" ON "integration_transfer"("tenant_id", "integration_account_id");

-- CreateIndex
CREATE INDEX "access_token_tenant_id_subject_id_id_idx" ON "access_token"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "access_token_tenant_id_integration_account_id_idx" ON "access_token"("tenant_id", "integration_account_id");

-- CreateIndex
CREATE INDEX "technical_key_tenant_id_subject_id_id_idx" ON "technical_key"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "technical_key_tenant_id_integration_account_id_idx" ON "technical_key"("tenant_id", "integration_account_id");

-- CreateIndex
CREATE INDEX "push_token_tenant_id_subject_id_id_idx" ON "push_token"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "consent_tenant_id_subject_id_id_idx" ON "consent"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "license_key_tenant_id_subject_id_id_idx" ON "license_key"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "license_key_tenant_id_organisation_id_idx" ON "license_key"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "activation_tenant_id_subject_id_id_idx" ON "activation"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "activation_tenant_id_license_key_id_idx" ON "activation"("tenant_id", "license_key_id");

-- CreateIndex
CREATE INDEX "data_subject_request_tenant_id_subject_id_id_idx" ON "data_subject_request"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "processing_instruction_tenant_id_organisation_id_idx" ON "processing_instruction"("tenant_id", "organisation_id");

-- CreateIndex
CREATE INDEX "legal_hold_tenant_id_subject_id_id_idx" ON "legal_hold"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "portability_bundle_tenant_id_subject_id_id_idx" ON "portability_bundle"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "bundle_entry_tenant_id_subject_id_id_idx" ON "bundle_entry"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "bundle_entry_tenant_id_bundle_id_idx" ON "bundle_entry"("tenant_id", "bundle_id");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_subject_id_id_idx" ON "audit_event"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_event_tenant_id_seq_key" ON "audit_event"("tenant_id", "seq");

-- CreateIndex
CREATE INDEX "support_ticket_tenant_id_subject_id_last_interaction_at_id_idx" ON "support_ticket"("tenant_id", "subject_id", "last_interaction_at", "id");

-- CreateIndex
CREATE INDEX "message_tenant_id_subject_id_sent_at_id_idx" ON "message"("tenant_id", "subject_id", "sent_at", "id");

-- CreateIndex
CREATE INDEX "message_tenant_id_ticket_id_idx" ON "message"("tenant_id", "ticket_id");

-- CreateIndex
CREATE INDEX "message_attachment_tenant_id_subject_id_id_idx" ON "message_attachment"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "message_attachment_tenant_id_message_id_idx" ON "message_attachment"("tenant_id", "message_id");

-- CreateIndex
CREATE INDEX "communication_tenant_id_subject_id_id_idx" ON "communication"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "subject_identifier_tenant_id_subject_id_id_idx" ON "subject_identifier"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "subject_identifier_tenant_id_kind_value_key" ON "subject_identifier"("tenant_id", "kind", "value");

-- CreateIndex
CREATE INDEX "session_tenant_id_subject_id_id_idx" ON "session"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "login_event_tenant_id_subject_id_occurred_at_id_idx" ON "login_event"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "api_request_log_tenant_id_subject_id_occurred_at_id_idx" ON "api_request_log"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "server_log_tenant_id_subject_id_occurred_at_id_idx" ON "server_log"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "error_report_tenant_id_subject_id_occurred_at_id_idx" ON "error_report"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "feature_usage_tenant_id_subject_id_occurred_at_id_idx" ON "feature_usage"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "page_view_tenant_id_subject_id_occurred_at_id_idx" ON "page_view"("tenant_id", "subject_id", "occurred_at", "id");

-- CreateIndex
CREATE INDEX "usage_statistic_tenant_id_subject_id_id_idx" ON "usage_statistic"("tenant_id", "subject_id", "id");

-- CreateIndex
CREATE INDEX "usage_statistic_tenant_id_organisation_id_idx" ON "usage_statistic"("tenant_id", "organisation_id");

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "organisation" ADD CONSTRAINT "organisation_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("tenant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "licence_agreement" ADD CONSTRAINT "licence_agreement_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("tenant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "licence_agreement" ADD CONSTRAINT "licence_agreement_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "technical_contact" ADD CONSTRAINT "technical_contact_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "technical_contact" ADD CONSTRAINT "technical_contact_tenant_id_contact_subject_id_fkey" FOREIGN KEY ("tenant_id", "contact_subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "technical_contact" ADD CONSTRAINT "technical_contact_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_contact" ADD CONSTRAINT "billing_contact_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_contact" ADD CONSTRAINT "billing_contact_tenant_id_contact_subject_id_fkey" FOREIGN KEY ("tenant_id", "contact_subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_contact" ADD CONSTRAINT "billing_contact_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "end_user" ADD CONSTRAINT "end_user_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "end_user" ADD CONSTRAINT "end_user_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_document" ADD CONSTRAINT "legal_document_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_document" ADD CONSTRAINT "legal_document_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_profile" ADD CONSTRAINT "billing_profile_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_profile" ADD CONSTRAINT "billing_profile_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_reference" ADD CONSTRAINT "billing_reference_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_reference" ADD CONSTRAINT "billing_reference_tenant_id_subscription_id_fkey" FOREIGN KEY ("tenant_id", "subscription_id") REFERENCES "subscription"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "billing_reference" ADD CONSTRAINT "billing_reference_tenant_id_payment_id_fkey" FOREIGN KEY ("tenant_id", "payment_id") REFERENCES "payment"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_tenant_id_subscription_id_fkey" FOREIGN KEY ("tenant_id", "subscription_id") REFERENCES "subscription"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_line" ADD CONSTRAINT "invoice_line_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_line" ADD CONSTRAINT "invoice_line_tenant_id_invoice_id_fkey" FOREIGN KEY ("tenant_id", "invoice_id") REFERENCES "invoice"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_tenant_id_invoice_id_fkey" FOREIGN KEY ("tenant_id", "invoice_id") REFERENCES "invoice"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tax_record" ADD CONSTRAINT "tax_record_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tax_record" ADD CONSTRAINT "tax_record_tenant_id_invoice_id_fkey" FOREIGN KEY ("tenant_id", "invoice_id") REFERENCES "invoice"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payout" ADD CONSTRAINT "payout_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "wallet_transaction" ADD CONSTRAINT "wallet_transaction_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_record" ADD CONSTRAINT "call_record_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_record" ADD CONSTRAINT "call_record_tenant_id_campaign_id_fkey" FOREIGN KEY ("tenant_id", "campaign_id") REFERENCES "campaign"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign" ADD CONSTRAINT "campaign_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recording" ADD CONSTRAINT "recording_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recording" ADD CONSTRAINT "recording_tenant_id_call_id_fkey" FOREIGN KEY ("tenant_id", "call_id") REFERENCES "call_record"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recording_file" ADD CONSTRAINT "recording_file_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recording_file" ADD CONSTRAINT "recording_file_tenant_id_recording_id_fkey" FOREIGN KEY ("tenant_id", "recording_id") REFERENCES "recording"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transcript" ADD CONSTRAINT "transcript_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transcript" ADD CONSTRAINT "transcript_tenant_id_call_id_fkey" FOREIGN KEY ("tenant_id", "call_id") REFERENCES "call_record"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transcript" ADD CONSTRAINT "transcript_tenant_id_recording_id_fkey" FOREIGN KEY ("tenant_id", "recording_id") REFERENCES "recording"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_analysis" ADD CONSTRAINT "call_analysis_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_analysis" ADD CONSTRAINT "call_analysis_tenant_id_call_id_fkey" FOREIGN KEY ("tenant_id", "call_id") REFERENCES "call_record"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "integration_account" ADD CONSTRAINT "integration_account_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "integration_transfer" ADD CONSTRAINT "integration_transfer_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "integration_transfer" ADD CONSTRAINT "integration_transfer_tenant_id_integration_account_id_fkey" FOREIGN KEY ("tenant_id", "integration_account_id") REFERENCES "integration_account"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_token" ADD CONSTRAINT "access_token_tenant_id_integration_account_id_fkey" FOREIGN KEY ("tenant_id", "integration_account_id") REFERENCES "integration_account"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "technical_key" ADD CONSTRAINT "technical_key_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "technical_key" ADD CONSTRAINT "technical_key_tenant_id_integration_account_id_fkey" FOREIGN KEY ("tenant_id", "integration_account_id") REFERENCES "integration_account"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "push_token" ADD CONSTRAINT "push_token_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent" ADD CONSTRAINT "consent_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "license_key" ADD CONSTRAINT "license_key_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "license_key" ADD CONSTRAINT "license_key_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activation" ADD CONSTRAINT "activation_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activation" ADD CONSTRAINT "activation_tenant_id_license_key_id_fkey" FOREIGN KEY ("tenant_id", "license_key_id") REFERENCES "license_key"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "data_subject_request" ADD CONSTRAINT "data_subject_request_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "processing_instruction" ADD CONSTRAINT "processing_instruction_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("tenant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "processing_instruction" ADD CONSTRAINT "processing_instruction_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_hold" ADD CONSTRAINT "legal_hold_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "portability_bundle" ADD CONSTRAINT "portability_bundle_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bundle_entry" ADD CONSTRAINT "bundle_entry_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bundle_entry" ADD CONSTRAINT "bundle_entry_tenant_id_bundle_id_fkey" FOREIGN KEY ("tenant_id", "bundle_id") REFERENCES "portability_bundle"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_event" ADD CONSTRAINT "audit_event_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "support_ticket" ADD CONSTRAINT "support_ticket_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message" ADD CONSTRAINT "message_tenant_id_ticket_id_fkey" FOREIGN KEY ("tenant_id", "ticket_id") REFERENCES "support_ticket"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message_attachment" ADD CONSTRAINT "message_attachment_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "message_attachment" ADD CONSTRAINT "message_attachment_tenant_id_message_id_fkey" FOREIGN KEY ("tenant_id", "message_id") REFERENCES "message"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "communication" ADD CONSTRAINT "communication_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject" ADD CONSTRAINT "subject_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("tenant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subject_identifier" ADD CONSTRAINT "subject_identifier_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "login_event" ADD CONSTRAINT "login_event_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_request_log" ADD CONSTRAINT "api_request_log_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_log" ADD CONSTRAINT "server_log_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "error_report" ADD CONSTRAINT "error_report_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feature_usage" ADD CONSTRAINT "feature_usage_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "page_view" ADD CONSTRAINT "page_view_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_statistic" ADD CONSTRAINT "usage_statistic_tenant_id_subject_id_fkey" FOREIGN KEY ("tenant_id", "subject_id") REFERENCES "subject"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_statistic" ADD CONSTRAINT "usage_statistic_tenant_id_organisation_id_fkey" FOREIGN KEY ("tenant_id", "organisation_id") REFERENCES "organisation"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
