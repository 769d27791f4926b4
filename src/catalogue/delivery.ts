import type { Dataset } from './dataset.ts';
import { keys, link, secret, system } from './declare.ts';

/** How bundles reach people and other controllers: the gateway's own records of it. */
export const delivery = {
  DownloadLink: {
    name: 'download-links',
    title: 'Links to bundles',
    subjects: {},
    fields: {
      ...keys,
      bundleId: link,
      subjectId: link,
      createdAt: system('instant'),
      expiresAt: system('instant'),
      usedAt: system('instant'),
      revokedAt: system('instant'),
    },
  },
  Download: {
    name: 'downloads',
    title: 'Downloads of bundles',
    subjects: {},
    fields: {
      ...keys,
      linkId: link,
      bundleId: link,
      subjectId: link,
      session: secret(),
      network: system('ip'),
      startedAt: system('instant'),
      seenAt: system('instant'),
      completedAt: system('instant'),
      sentBytes: system('number'),
      atEnd: system('flag'),
      stream: secret(),
      outcome: system('code'),
    },
  },
  Transmission: {
    name: 'transmissions',
    title: 'Bundles sent to other controllers',
    subjects: {},
    fields: {
      ...keys,
      requestId: link,
      subjectId: link,
      recipient: system('code'),
      bundleId: link,
      storageKey: secret(),
      sha256: system('digest'),
      bytes: system('number'),
      sentBytes: system('number'),
      status: system('code'),
      createdAt: system('instant'),
      closedAt: system('instant'),
      receipt: system('text'),
      failureCode: system('code'),
      attempts: system('number'),
      notBefore: system('instant'),
    },
  },
  Reception: {
    name: 'receptions',
    title: 'Bundles that come in from other controllers',
    subjects: {},
    fields: {
      ...keys,
      sender: system('code'),
      sha256: system('digest'),
      bytes: system('number'),
      heldBytes: system('number'),
      status: system('code'),
      createdAt: system('instant'),
      closedAt: system('instant'),
      failureCode: system('code'),
    },
  },
  SpentStatement: {
    name: 'spent-statements',
    title: 'Statements of other controllers that have been used',
    subjects: {},
    fields: { ...keys, expiresAt: system('instant') },
  },
  ProcessorRequest: {
    name: 'processor-requests',
    title: 'Requests of controllers to their processor',
    subjects: {},
    fields: {
      ...keys,
      sender: system('code'),
      organisationId: link,
      externalId: secret(),
      question: secret(),
      kind: system('code'),
      subjectId: link,
      status: system('code'),
      createdAt: system('instant'),
      dueAt: system('instant'),
      closedAt: system('instant'),
      callback: secret(),
      toldStatus: system('code'),
      attempts: system('number'),
      notBefore: system('instant'),
    },
  },
} as const satisfies {
  DownloadLink: Dataset<'DownloadLink'>;
  Download: Dataset<'Download'>;
  Transmission: Dataset<'Transmission'>;
  Reception: Dataset<'Reception'>;
  SpentStatement: Dataset<'SpentStatement'>;
  ProcessorRequest: Dataset<'ProcessorRequest'>;
};
