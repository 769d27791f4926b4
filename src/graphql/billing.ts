import { Organisation } from './account.ts';
import { Money, PostalAddress } from './composites.ts';
import { defineRows } from './define-rows.ts';
import type { RowsType } from './rows.ts';

const amount = { type: Money, of: { amountMinor: 'amountMinor', currency: 'currency' } };

export const BillingProfile: RowsType = defineRows('BillingProfile', {
  relation: 'ACCOUNT_HOLDER',
  composites: {
    address: {
      type: PostalAddress,
      of: {
        line1: 'addressLine1',
        line2: 'addressLine2',
        city: 'city',
        region: 'region',
        postalCode: 'postalCode',
        countryCode: 'countryCode',
      },
    },
  },
  related: (relate) => ({ organisation: relate.one(() => Organisation, 'organisationId') }),
});

export const BillingReference: RowsType = defineRows('BillingReference', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({
    subscription: relate.one(() => Subscription, 'subscriptionId'),
    payment: relate.one(() => Payment, 'paymentId'),
  }),
});

export const Subscription: RowsType = defineRows('Subscription', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({
    organisation: relate.one(() => Organisation, 'organisationId'),
    invoices: relate.many(() => Invoice, 'subscriptionId'),
    references: relate.many(() => BillingReference, 'subscriptionId'),
  }),
});

export const Invoice: RowsType = defineRows('Invoice', {
  relation: 'ACCOUNT_HOLDER',
  composites: { amount },
  related: (relate) => ({
    subscription: relate.one(() => Subscription, 'subscriptionId'),
    lines: relate.many(() => InvoiceLine, 'invoiceId'),
    payments: relate.many(() => Payment, 'invoiceId'),
    taxRecords: relate.many(() => TaxRecord, 'invoiceId'),
  }),
});

const InvoiceLine: RowsType = defineRows('InvoiceLine', {
  relation: 'ACCOUNT_HOLDER',
  composites: { amount },
  related: (relate) => ({ invoice: relate.one(() => Invoice, 'invoiceId') }),
});

export const Payment: RowsType = defineRows('Payment', {
  relation: 'ACCOUNT_HOLDER',
  composites: { amount },
  related: (relate) => ({
    invoice: relate.one(() => Invoice, 'invoiceId'),
    references: relate.many(() => BillingReference, 'paymentId'),
  }),
});

export const TaxRecord: RowsType = defineRows('TaxRecord', {
  relation: 'ACCOUNT_HOLDER',
  related: (relate) => ({ invoice: relate.one(() => Invoice, 'invoiceId') }),
});

export const Payout: RowsType = defineRows('Payout', { relation: 'ACCOUNT_HOLDER', composites: { amount } });

export const WalletTransaction: RowsType = defineRows('WalletTransaction', {
  relation: 'ACCOUNT_HOLDER',
  composites: { amount },
});
