import { isCarryallError, type ErrorCode } from '../errors.ts';

/** What no second attempt would change: the request fails at once. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'FOREIGN_ROW',
  'SECRET_FOUND',
  'BUNDLE_TOO_LARGE',
  'NOT_FOUND',
  'BAD_INPUT',
  'POLICY_INVALID',
]);

/** What the operator must hear of at once: other people's data, or a secret, was about to be handed out. */
const INCIDENTS: ReadonlySet<ErrorCode> = new Set(['FOREIGN_ROW', 'SECRET_FOUND']);

/** What a failed attempt means for its request. The code is all that is kept of the error. */
export interface Failure {
  readonly code: ErrorCode | 'INTERNAL';
  readonly isFinal: boolean;
  readonly isIncident: boolean;
}

export function failureOf(error: unknown): Failure {
  if (!isCarryallError(error)) return { code: 'INTERNAL', isFinal: false, isIncident: false };
  return { code: error.code, isFinal: FINAL.has(error.code), isIncident: INCIDENTS.has(error.code) };
}
