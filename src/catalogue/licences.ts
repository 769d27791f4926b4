import type { Dataset } from './dataset.ts';
import { keys, link, owned, personal, source } from './declare.ts';

export const licences = {
  LicenseKey: {
    name: 'license-keys',
    title: 'Your licence keys',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'createdAt',
    fields: {
      ...keys,
      sourceSystem: source,
      subjectId: personal(['license.user'], 'PERSONAL', 'GENERATED', 'id'),
      organisationId: personal(['license.team'], 'THIRD_PARTY', 'GENERATED', 'id'),
      key: personal(['license.key'], 'CREDENTIAL_HOLDER', 'GENERATED', 'key'),
      type: personal(['license.type'], 'PERSONAL', 'GENERATED', 'text'),
      createdAt: personal(['license.type'], 'PERSONAL', 'GENERATED', 'instant'),
    },
  },
  Activation: {
    name: 'activations',
    title: 'Where your licence keys are in use',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'activatedAt',
    parents: { licenseKeyId: 'LicenseKey' },
    fields: {
      ...owned,
      licenseKeyId: link,
      status: personal(['activation.status'], 'PERSONAL', 'OBSERVED', 'code'),
      activatedAt: personal(['activation.status'], 'PERSONAL', 'OBSERVED', 'instant'),
    },
  },
} as const satisfies { LicenseKey: Dataset<'LicenseKey'>; Activation: Dataset<'Activation'> };
