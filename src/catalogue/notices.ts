import type { Dataset } from './dataset.ts';
import { keys, link, secret, system } from './declare.ts';

/** What goes out to people and systems: the gateway's own records of it. */
export const notices = {
  Notice: {
    name: 'notices',
    title: 'Notices',
    subjects: {},
    fields: {
      ...keys,
      dedupeKey: system('code'),
      channel: system('code'),
      kind: system('code'),
      requestId: link,
      bundleId: link,
      linkId: link,
      identifierId: link,
      role: system('code'),
      endpointId: link,
      language: system('language'),
      secret: secret(),
      createdAt: system('instant'),
      notBefore: system('instant'),
      attempts: system('number'),
      sentAt: system('instant'),
      droppedAt: system('instant'),
      failureCode: system('code'),
    },
  },
  WebhookEndpoint: {
    name: 'webhook-endpoints',
    title: 'Where systems hear of events',
    subjects: {},
    fields: {
      ...keys,
      url: system('url'),
      kinds: system('code'),
      secret: secret(),
      previousSecret: secret(),
      previousEndsAt: system('instant'),
      createdAt: system('instant'),
      createdBy: link,
      failures: system('number'),
      pausedAt: system('instant'),
    },
  },
} as const satisfies { Notice: Dataset<'Notice'>; WebhookEndpoint: Dataset<'WebhookEndpoint'> };
