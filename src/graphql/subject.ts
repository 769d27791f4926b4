import * as account from './account.ts';
import * as billing from './billing.ts';
import { builder } from './builder.ts';
import * as calls from './calls.ts';
import { ExtensionStateRef } from './extension.ts';
import type { FieldMaker, Fields } from './field-maker.ts';
import * as integrations from './integrations.ts';
import * as licences from './licences.ts';
import { aboutPerson } from './person.ts';
import * as requests from './requests.ts';
import { keptRows, listedRows, pagedRows, singleRow } from './subject-rows.ts';
import * as support from './support.ts';
import * as usage from './usage.ts';

/** Everything that is held of a person, dataset by dataset. */
function datasetFields(t: FieldMaker): Fields {
  return {
    account: singleRow(t, account.Account),
    identifiers: listedRows(t, account.Identifier),
    organisations: listedRows(t, account.Organisation),
    memberships: listedRows(t, account.Membership),
    licenceAgreements: listedRows(t, account.LicenceAgreement),
    technicalContacts: listedRows(t, account.TechnicalContact),
    technicalContactEntries: listedRows(t, account.TechnicalContactEntry),
    billingContacts: listedRows(t, account.BillingContact),
    billingContactEntries: listedRows(t, account.BillingContactEntry),
    endUserRecords: listedRows(t, account.EndUser),
    legalDocuments: listedRows(t, account.LegalDocument),

    billingProfiles: listedRows(t, billing.BillingProfile),
    billingReferences: listedRows(t, billing.BillingReference),
    subscriptions: listedRows(t, billing.Subscription),
    invoices: pagedRows(t, billing.Invoice),
    payments: listedRows(t, billing.Payment),
    taxRecords: listedRows(t, billing.TaxRecord),
    payouts: listedRows(t, billing.Payout),
    walletTransactions: listedRows(t, billing.WalletTransaction),

    calls: pagedRows(t, calls.CallRecord),
    callsAsOtherParty: pagedRows(t, calls.CallReceived),
    campaigns: listedRows(t, calls.Campaign),
    recordings: pagedRows(t, calls.Recording),
    transcripts: pagedRows(t, calls.Transcript),

    licenseKeys: listedRows(t, licences.LicenseKey),
    activations: listedRows(t, licences.Activation),

    tickets: pagedRows(t, support.SupportTicket),
    messages: pagedRows(t, support.Message),
    communications: pagedRows(t, support.Communication),

    sessions: listedRows(t, usage.Session),
    loginEvents: pagedRows(t, usage.LoginEvent),
    apiRequests: pagedRows(t, usage.ApiRequestLog),
    serverLogs: pagedRows(t, usage.ServerLog),
    errorReports: pagedRows(t, usage.ErrorReport),
    featureUsage: pagedRows(t, usage.FeatureUsage),
    pageViews: pagedRows(t, usage.PageView),
    usageStatistics: listedRows(t, usage.UsageStatistic),

    integrationAccounts: listedRows(t, integrations.IntegrationAccount),
    integrationTransfers: pagedRows(t, integrations.IntegrationTransfer),
    consents: listedRows(t, integrations.Consent),

    requests: listedRows(t, requests.DataSubjectRequest),
    legalHolds: keptRows(t, requests.LegalHold),
    bundles: keptRows(t, requests.PortabilityBundle),
  };
}

/** A natural person; reached only through `reachSubjects`, which settles who may see whom. */
export const SubjectRef = builder.prismaObject('Subject', {
  name: 'Subject',
  description: 'A natural person on whom the operator holds data.',
  select: { tenantId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    createdAt: t.expose('createdAt', { type: 'DateTime', nullable: false }),
    ...(datasetFields(aboutPerson(t as unknown as FieldMaker)) as Record<never, never>),
    extension: t.field({
      type: ExtensionStateRef,
      description: 'What the browser extension keeps on the device of the person.',
      select: { id: true },
      resolve: () => ({}),
    }),
  }),
});
