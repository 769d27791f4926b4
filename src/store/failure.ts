import pg from 'pg';
import { CarryallError } from '../errors.ts';

/**
 * A failure of the database as an error of ours, DATABASE_FAILED. The message has the SQLSTATE and no name or value (G-43);
 * the driver's error, which may quote both, is only the `cause`.
 */
export function toDatabaseError(error: unknown): CarryallError {
  if (error instanceof CarryallError) return error;
  if (!(error instanceof pg.DatabaseError)) {
    return new CarryallError(
      'DATABASE_FAILED',
      'The connection to the database failed. Check that it runs, and try again.',
      {
        cause: error,
      },
    );
  }
  return new CarryallError('DATABASE_FAILED', `The database refused a statement (SQLSTATE ${error.code}).`, {
    cause: error,
  });
}

/** The SQLSTATE of a failure of the database, e.g. `23505` for a duplicate key. */
export function sqlState(error: unknown): string | undefined {
  const cause = error instanceof CarryallError ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}
