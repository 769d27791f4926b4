import pg from 'pg';
import { CarryallError } from '../errors.ts';

/**
 * A failure of the database as an error of ours, DATABASE_FAILED. The message has the SQLSTATE and the names of table and
 * constraint, never a value; the driver's error, which may quote values, is only the `cause`.
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
  const where = [
    error.table && `table ${error.table}`,
    error.column && `column ${error.column}`,
    error.constraint && `constraint ${error.constraint}`,
  ].filter(Boolean);
  const place = where.length === 0 ? '' : `, ${where.join(', ')}`;
  return new CarryallError('DATABASE_FAILED', `The database refused a statement (SQLSTATE ${error.code}${place}).`, {
    cause: error,
  });
}

/** The SQLSTATE of a failure of the database, e.g. `23505` for a duplicate key. */
export function sqlState(error: unknown): string | undefined {
  const cause = error instanceof CarryallError ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}
