import type { Dataset } from './dataset.ts';
import { keys, link, secret, system } from './declare.ts';

/** Who may call: kept by the gateway for itself, and no part of what an operator holds about people. */
export const identity = {
  Principal: {
    name: 'principals',
    title: 'Who has called',
    subjects: {},
    fields: {
      ...keys,
      kind: system('code'),
      actorId: link,
      organisationId: link,
      roleAt: system('instant'),
      endedAt: system('instant'),
    },
  },
  SignInSession: {
    name: 'sign-in-sessions',
    title: 'Who is signed in',
    subjects: {},
    fields: {
      ...keys,
      principalId: link,
      roleAt: system('instant'),
      authenticatedAt: system('instant'),
      createdAt: system('instant'),
      seenAt: system('instant'),
      expiresAt: system('instant'),
    },
  },
  ApiKey: {
    name: 'api-keys',
    title: 'Keys of internal apps',
    subjects: {},
    fields: {
      ...keys,
      app: system('code'),
      purposes: system('code'),
      digest: secret(),
      ending: system('code'),
      createdAt: system('instant'),
      createdBy: link,
      expiresAt: system('instant'),
      revokedAt: system('instant'),
      lastUsedOn: system('instant'),
    },
  },
} as const satisfies {
  Principal: Dataset<'Principal'>;
  SignInSession: Dataset<'SignInSession'>;
  ApiKey: Dataset<'ApiKey'>;
};
