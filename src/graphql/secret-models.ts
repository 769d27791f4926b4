import type { ModelName } from '../catalogue/dataset.ts';

/** Models that hold a secret and nothing to show: they have no GraphQL type. */
export const SECRET_MODELS: ReadonlySet<ModelName> = new Set(['AccessToken', 'TechnicalKey', 'PushToken']);
