import { keys, link, owned, personal, system } from './declare.ts';
import type { Dataset } from './dataset.ts';

export const tenancy = {
  Tenant: {
    name: 'tenants',
    title: 'Operators',
    subjects: {},
    fields: {
      tenantId: link,
      policyCode: system('code'),
      name: system('text'),
      country: system('code'),
      contact: system('text'),
      createdAt: system('instant'),
    },
  },
  Subject: { name: 'subjects', title: 'People', subjects: {}, fields: { ...keys, createdAt: system('instant') } },
  SubjectIdentifier: {
    name: 'identifiers',
    title: 'Identifiers by which you are found',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: {
      ...owned,
      kind: system('code'),
      value: personal(
        {
          by: 'kind',
          of: {
            EMAIL: ['account.email'],
            PHONE: ['account.phone'],
            ACCOUNT_ID: ['account.info'],
            CUSTOMER_ID: ['billing.stripeCustomerId', 'payment.transactionId', 'billing.information'],
            REQUESTER_ID: ['ticket.record'],
          },
        },
        'PERSONAL',
        {
          by: 'kind',
          of: {
            EMAIL: 'PROVIDED',
            PHONE: 'PROVIDED',
            ACCOUNT_ID: 'GENERATED',
            CUSTOMER_ID: 'RECEIVED',
            REQUESTER_ID: 'GENERATED',
          },
        },
        'id',
      ),
      heldSince: system('instant'),
    },
  },
} as const satisfies {
  Tenant: Dataset<'Tenant'>;
  Subject: Dataset<'Subject'>;
  SubjectIdentifier: Dataset<'SubjectIdentifier'>;
};
