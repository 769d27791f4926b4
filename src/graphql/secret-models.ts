import type { ModelName } from '../catalogue/dataset.ts';

/** Models that hold a secret, or what the door, the audit log and deliveries keep for themselves: they have no GraphQL type. */
export const SECRET_MODELS: ReadonlySet<ModelName> = new Set([
  'AccessToken',
  'TechnicalKey',
  'PushToken',
  'RateLimit',
  'Principal',
  'SignInSession',
  'ApiKey',
  'AuditEvent',
  'AuditPseudonym',
  'IdentityChallenge',
  'IdempotentAnswer',
  'BuildAttempt',
  'Reception',
  'SpentStatement',
  'ProcessorRequest',
  'Notice',
  'WebhookEndpoint',
]);
