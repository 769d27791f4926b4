import type { Dataset } from './dataset.ts';
import { link, owned, personal } from './declare.ts';

// The first name that a policy uses counts: some name each figure of an invoice, some the record, one only "billing".
const invoiceRecord = ['invoice.record', 'invoice.amount', 'billing.information'] as const;
const invoiceAmount = ['invoice.amount', 'invoice.record', 'billing.information'] as const;
const invoiceStatus = ['invoice.paymentStatus', 'invoice.record', 'billing.information'] as const;
const paymentStatus = [
  'payment.status',
  'payment.record',
  'invoice.paymentStatus',
  'invoice.record',
  'billing.information',
] as const;
const paymentHistory = [
  'payment.history',
  'payment.record',
  'invoice.amount',
  'invoice.record',
  'billing.information',
] as const;

const address = <const F extends 'text' | 'code'>(format: F) =>
  personal(['billing.address', 'billing.information'], 'PERSONAL', 'PROVIDED', format);

export const billing = {
  BillingProfile: {
    name: 'billing-profiles',
    title: 'Where your invoices go',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: {
      ...owned,
      organisationId: link,
      addressLine1: address('text'),
      addressLine2: address('text'),
      city: address('text'),
      region: address('text'),
      postalCode: address('text'),
      countryCode: address('code'),
      vatNumber: personal(['billing.vatNumber', 'billing.information'], 'PERSONAL', 'PROVIDED', 'id'),
      information: personal(['billing.information'], 'FINANCIAL', 'PROVIDED', 'json'),
    },
  },
  BillingReference: {
    name: 'billing-references',
    title: 'Identifiers that the payment service gave you',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: {
      ...owned,
      subscriptionId: link,
      paymentId: link,
      stripeCustomerId: personal(
        ['billing.stripeCustomerId', 'payment.transactionId'],
        'FINANCIAL_REF',
        'RECEIVED',
        'id',
      ),
      stripeSubscriptionId: personal(
        ['billing.stripeSubscriptionId', 'payment.transactionId'],
        'FINANCIAL_REF',
        'RECEIVED',
        'id',
      ),
      transactionId: personal(['payment.transactionId'], 'FINANCIAL_REF', 'RECEIVED', 'id'),
    },
  },
  Subscription: {
    name: 'subscriptions',
    title: 'Your plan',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: {
      ...owned,
      organisationId: link,
      plan: personal(['subscription.plan', 'billing.information'], 'PERSONAL', 'PROVIDED', 'text'),
      status: personal(
        ['subscription.status', 'subscription.plan', 'billing.information'],
        'PERSONAL',
        'OBSERVED',
        'code',
      ),
      currentPeriodStart: personal(
        ['subscription.billingDates', 'subscription.plan', 'billing.information'],
        'PERSONAL',
        'OBSERVED',
        'instant',
      ),
      currentPeriodEnd: personal(
        ['subscription.billingDates', 'subscription.plan', 'billing.information'],
        'PERSONAL',
        'OBSERVED',
        'instant',
      ),
    },
  },
  Invoice: {
    name: 'invoices',
    title: 'Your invoices',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'issuedAt',
    large: true,
    triggers: { 'invoice.issuedAt': 'issuedAt' },
    fields: {
      ...owned,
      subscriptionId: link,
      number: personal(invoiceRecord, 'FINANCIAL', 'OBSERVED', 'id'),
      issuedAt: personal(invoiceRecord, 'FINANCIAL', 'OBSERVED', 'instant'),
      amountMinor: personal(invoiceAmount, 'FINANCIAL', 'OBSERVED', 'amount'),
      currency: personal(invoiceAmount, 'FINANCIAL', 'OBSERVED', 'currency'),
      paymentStatus: personal(invoiceStatus, 'FINANCIAL', 'OBSERVED', 'code'),
    },
  },
  InvoiceLine: {
    name: 'invoice-lines',
    title: 'What your invoices list',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    parents: { invoiceId: 'Invoice' },
    fields: {
      ...owned,
      invoiceId: link,
      description: personal(invoiceRecord, 'FINANCIAL', 'OBSERVED', 'text'),
      quantity: personal(invoiceRecord, 'FINANCIAL', 'OBSERVED', 'number'),
      amountMinor: personal(invoiceAmount, 'FINANCIAL', 'OBSERVED', 'amount'),
      currency: personal(invoiceAmount, 'FINANCIAL', 'OBSERVED', 'currency'),
    },
  },
  Payment: {
    name: 'payments',
    title: 'Your payments',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'paidAt',
    parents: { invoiceId: 'Invoice' },
    fields: {
      ...owned,
      invoiceId: link,
      status: personal(paymentStatus, 'FINANCIAL', 'OBSERVED', 'code'),
      amountMinor: personal(paymentHistory, 'FINANCIAL', 'OBSERVED', 'amount'),
      currency: personal(paymentHistory, 'FINANCIAL', 'OBSERVED', 'currency'),
      paidAt: personal(paymentHistory, 'FINANCIAL', 'OBSERVED', 'instant'),
    },
  },
  TaxRecord: {
    name: 'tax-records',
    title: 'Tax records of your invoices',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    parents: { invoiceId: 'Invoice' },
    fields: {
      ...owned,
      invoiceId: link,
      data: personal(['tax.data', 'invoice.record'], 'FINANCIAL', 'OBSERVED', 'json'),
    },
  },
  Payout: {
    name: 'payouts',
    title: 'Payouts to you',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'paidAt',
    fields: {
      ...owned,
      amountMinor: personal(['payout.record'], 'FINANCIAL', 'OBSERVED', 'amount'),
      currency: personal(['payout.record'], 'FINANCIAL', 'OBSERVED', 'currency'),
      paidAt: personal(['payout.record'], 'FINANCIAL', 'OBSERVED', 'instant'),
    },
  },
  WalletTransaction: {
    name: 'wallet-transactions',
    title: 'Movements in your wallet',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'occurredAt',
    fields: {
      ...owned,
      amountMinor: personal(['wallet.transaction'], 'FINANCIAL', 'OBSERVED', 'amount'),
      currency: personal(['wallet.transaction'], 'FINANCIAL', 'OBSERVED', 'currency'),
      occurredAt: personal(['wallet.transaction'], 'FINANCIAL', 'OBSERVED', 'instant'),
    },
  },
} as const satisfies {
  BillingProfile: Dataset<'BillingProfile'>;
  BillingReference: Dataset<'BillingReference'>;
  Subscription: Dataset<'Subscription'>;
  Invoice: Dataset<'Invoice'>;
  InvoiceLine: Dataset<'InvoiceLine'>;
  Payment: Dataset<'Payment'>;
  TaxRecord: Dataset<'TaxRecord'>;
  Payout: Dataset<'Payout'>;
  WalletTransaction: Dataset<'WalletTransaction'>;
};
