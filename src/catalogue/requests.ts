import type { Dataset } from './dataset.ts';
import { keys, link, owned, personal, secret, source, system } from './declare.ts';

export const requests = {
  DataSubjectRequest: {
    name: 'requests',
    title: 'Your requests about your data',
    subjects: { ACCOUNT_HOLDER: 'subjectId' },
    anchor: 'receivedAt',
    fields: {
      ...keys,
      subjectId: link,
      right: system('code'),
      relation: system('code'),
      route: system('code'),
      status: system('code'),
      receivedAt: system('instant'),
      dueAt: system('instant'),
      // Only that a check was made is told, never what was shown for it (Art. 12(6), trap X62).
      identityEvidence: {
        ...personal(['dsr.identityEvidence'], 'PERSONAL', 'PROVIDED', 'json'),
        withheld: 'IDENTITY_EVIDENCE',
      },
    },
  },
  ProcessingInstruction: {
    name: 'instructions',
    title: 'Instructions of controllers',
    subjects: {},
    fields: {
      ...keys,
      sourceSystem: source,
      organisationId: link,
      items: system('code'),
      purpose: system('code'),
      retention: system('period'),
      exportAllowed: system('flag'),
      validFrom: system('instant'),
      validTo: system('instant'),
      document: system('text'),
      recordedBy: system('id'),
      recordedAt: system('instant'),
      revokedBy: system('id'),
      revokedAt: system('instant'),
    },
  },
  LegalHold: {
    name: 'legal-holds',
    title: 'What a law keeps',
    subjects: {},
    fields: {
      ...owned,
      dataset: system('code'),
      rowId: link,
      reason: system('text'),
      until: system('instant'),
    },
  },
  PortabilityBundle: {
    name: 'bundles',
    title: 'Bundles made for you',
    subjects: {},
    fields: {
      ...keys,
      subjectId: link,
      scope: system('code'),
      format: system('code'),
      status: system('code'),
      sha256: system('digest'),
      bytes: system('number'),
      createdAt: system('instant'),
      expiresAt: system('instant'),
    },
  },
  BundleEntry: {
    name: 'bundle-entries',
    title: 'Files of bundles',
    subjects: {},
    fields: {
      ...owned,
      bundleId: link,
      path: system('text'),
      itemId: system('code'),
      count: system('number'),
      bytes: system('number'),
      sha256: system('digest'),
      role: system('code'),
      basis: system('code'),
      retentionExpiresAt: system('instant'),
      omittedReason: system('code'),
    },
  },
  AccessGrant: {
    name: 'access-grants',
    title: 'Leave to see what is otherwise closed',
    subjects: {},
    fields: {
      ...keys,
      subjectId: link,
      holderKind: system('code'),
      holderId: system('id'),
      items: system('code'),
      purpose: system('code'),
      reason: system('text'),
      ticket: system('code'),
      minutes: system('number'),
      requestedAt: system('instant'),
      decision: system('code'),
      decidedBy: system('id'),
      decidedAt: system('instant'),
      expiresAt: system('instant'),
    },
  },
  AuditEvent: {
    name: 'audit-events',
    title: 'Looks, decisions and deliveries',
    subjects: {},
    fields: {
      ...keys,
      seq: system('number'),
      occurredAt: system('instant'),
      actorKind: system('code'),
      actorRef: system('digest'),
      subjectRef: system('digest'),
      action: system('code'),
      outcome: system('code'),
      purpose: system('code'),
      ticket: system('code'),
      reasonRef: system('digest'),
      policyCode: system('code'),
      policyVersion: system('code'),
      detail: system('json'),
      previousHash: system('digest'),
      hash: system('digest'),
      subjectId: link,
      reason: system('text'),
    },
  },
  AuditPseudonym: {
    name: 'audit-pseudonyms',
    title: 'Names that stand for people in the audit log',
    subjects: {},
    fields: {
      ...keys,
      kind: system('code'),
      ref: system('digest'),
      salt: secret(),
    },
  },
} as const satisfies {
  DataSubjectRequest: Dataset<'DataSubjectRequest'>;
  ProcessingInstruction: Dataset<'ProcessingInstruction'>;
  LegalHold: Dataset<'LegalHold'>;
  PortabilityBundle: Dataset<'PortabilityBundle'>;
  BundleEntry: Dataset<'BundleEntry'>;
  AccessGrant: Dataset<'AccessGrant'>;
  AuditEvent: Dataset<'AuditEvent'>;
  AuditPseudonym: Dataset<'AuditPseudonym'>;
};
