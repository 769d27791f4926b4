import type { ModelName } from '../catalogue/dataset.ts';

/** Models that hold a secret, or what the door and the audit log keep for themselves: they have no GraphQL type. */
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
]);
