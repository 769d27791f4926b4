import type { Dataset } from './dataset.ts';
import { link, owned, personal, secret, system } from './declare.ts';

const consentItems = {
  by: 'category',
  of: {
    MARKETING: ['consent.marketing', 'consent.any'],
    NON_ESSENTIAL_COOKIES: ['consent.cookies', 'consent.any'],
    OTHER: ['consent.any'],
  },
} as const;

const consent = <const F extends 'text' | 'code' | 'instant'>(format: F) =>
  personal(consentItems, 'PERSONAL', 'PROVIDED', format);

export const integrations = {
  IntegrationAccount: {
    name: 'integration-accounts',
    title: 'Platforms you connected',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'connectedAt',
    fields: {
      ...owned,
      provider: system('code'),
      externalAccountId: personal(['integration.externalAccountId'], 'PERSONAL', 'PROVIDED', 'id'),
      connectedAt: system('instant'),
      scopes: system('code'),
    },
  },
  IntegrationTransfer: {
    name: 'integration-transfers',
    title: 'Data exchanged with platforms you connected',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'occurredAt',
    large: true,
    parents: { integrationAccountId: 'IntegrationAccount' },
    fields: {
      ...owned,
      integrationAccountId: link,
      payload: personal(['integration.transferPayload'], 'THIRD_PARTY', 'RECEIVED', 'json'),
      occurredAt: personal(['integration.transferPayload'], 'THIRD_PARTY', 'RECEIVED', 'instant'),
    },
  },
  AccessToken: {
    name: 'access-tokens',
    title: 'Access tokens',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: {
      ...owned,
      integrationAccountId: link,
      value: secret('integration.accessToken', 'session.authToken'),
      createdAt: system('instant'),
    },
  },
  TechnicalKey: {
    name: 'technical-keys',
    title: 'Technical keys',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: {
      ...owned,
      integrationAccountId: link,
      value: secret('integration.technicalKey'),
      createdAt: system('instant'),
    },
  },
  PushToken: {
    name: 'push-tokens',
    title: 'Push addresses',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    fields: { ...owned, value: secret('push.token'), createdAt: system('instant') },
  },
  Consent: {
    name: 'consents',
    title: 'Your consents',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'grantedAt',
    fields: {
      ...owned,
      category: system('code'),
      purpose: consent('text'),
      status: consent('code'),
      grantedAt: consent('instant'),
      withdrawnAt: consent('instant'),
    },
  },
} as const satisfies {
  IntegrationAccount: Dataset<'IntegrationAccount'>;
  IntegrationTransfer: Dataset<'IntegrationTransfer'>;
  AccessToken: Dataset<'AccessToken'>;
  TechnicalKey: Dataset<'TechnicalKey'>;
  PushToken: Dataset<'PushToken'>;
  Consent: Dataset<'Consent'>;
};
