/**
 * Every failure that Carryall names. One base class; the `code` is stable and is what callers test;
 * the message says what was wanted, what came and the way out. No message holds personal data or a secret.
 */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'PURPOSE_REQUIRED'
  | 'STEP_UP_REQUIRED'
  | 'WRONG_STATE'
  | 'IDEMPOTENCY_MISMATCH'
  | 'POLICY_INVALID'
  | 'IMPORT_REFUSED'
  | 'DATABASE_MISSING'
  | 'DATABASE_TOO_OLD'
  | 'DATABASE_NEWER'
  | 'DATABASE_IN_USE'
  | 'DATABASE_FAILED'
  | 'TENANTS_NOT_APART'
  | 'MIGRATION_BROKEN'
  | 'BUNDLE_FAILED'
  | 'BUNDLE_TOO_LARGE'
  | 'FOREIGN_ROW'
  | 'SECRET_FOUND'
  | 'KEYS_INVALID'
  | 'UNSAFE_CONFIGURATION'
  | 'NOTICES_WAIT'
  | 'OUTPUT_FAILED'
  | 'CANCELLED';

/** One fault in something that was handed in; `path` says where (file:line, or a path inside a document). */
export interface Fault {
  readonly path: string;
  readonly reason: string;
}

/** The base of all errors that Carryall throws on purpose; anything else is a bug and is masked at the edge. */
export class CarryallError extends Error {
  override readonly name = 'CarryallError';
  readonly code: ErrorCode;
  /** All faults found in one go, for input that is checked as a whole. */
  readonly faults: readonly Fault[];

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; faults?: readonly Fault[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.faults = options.faults ?? [];
  }
}

/** True for an error of ours, optionally of one code. */
export function isCarryallError(error: unknown, code?: ErrorCode): error is CarryallError {
  return error instanceof CarryallError && (code === undefined || error.code === code);
}
