import type { Dataset } from './dataset.ts';
import { keys, link, secret, system } from './declare.ts';

/** Leave to look, and the record of looks: the gateway's own. */
export const supervision = {
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
  AccessGrant: Dataset<'AccessGrant'>;
  AuditEvent: Dataset<'AuditEvent'>;
  AuditPseudonym: Dataset<'AuditPseudonym'>;
};
