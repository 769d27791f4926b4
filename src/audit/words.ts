/** What was done. */
export const ACTIONS = [
  'LOOK',
  'SEARCH',
  'EXPORT',
  'DOWNLOAD',
  'REQUEST',
  'GRANT',
  'INSTRUCTION',
  'ERASURE',
  'IMPORT',
  'SWEEP',
  'SIGN_IN',
  'KEY',
  'CONFIGURATION',
  'PRUNE',
] as const;
export type AuditAction = (typeof ACTIONS)[number];

/** How it ended. */
export const OUTCOMES = ['ALLOWED', 'DENIED', 'FAILED'] as const;

/** The chain of what concerns the installation and no one tenant. No tenant can have this name. */
export const INSTALLATION = '*';

/** Actions after which someone has seen a person's data; these are told to that person. */
export const LOOKS = ['LOOK', 'SEARCH', 'EXPORT', 'DOWNLOAD'] as const satisfies readonly AuditAction[];
