import pg from 'pg';
import { toDatabaseError } from './failure.ts';
import { statementOf, type Statement } from './prepared.ts';
import type { Sql, SqlValue } from './sql.ts';
import { APP_ROLE } from './tenancy.ts';

/** One query of a packet, and who waits for its rows. */
export interface PacketQuery {
  readonly fragment: Sql;
  readonly resolve: (rows: object[]) => void;
  readonly reject: (error: Error) => void;
}

// To PostgreSQL what comes before one Sync is a transaction: this binds it to the tenant, and where it fails, the rest is skipped.
const BIND = `SELECT FROM ROWS FROM (set_config('role', '${APP_ROLE}', true), set_config('app.tenant', $1, true),
  set_config('transaction_read_only', 'on', true))`;

/** What pg's client asks of a query while it is under way. */
interface Handlers extends pg.Submittable {
  readonly text: string;
  handleRowDescription(message: { readonly fields: readonly pg.FieldDef[] }): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
}

/**
 * Queries for a tenant in one packet, to be given to a client of pg. Each is resolved as soon as its rows are there. One that
 * the server refuses is rejected, and `done` hears of those after it, which the server skipped; `fail`, of what fails them all.
 */
export function packetOf(
  tenantId: string,
  queries: readonly PacketQuery[],
  done: (skipped: readonly PacketQuery[]) => void,
  fail: (error: Error) => void,
): Handlers {
  const statements: Statement[] = [];
  const fresh: Statement[] = [];
  let rows: object[] = [];
  // The first statement is the binding one, for which nobody waits.
  let at = 0;
  const run = (connection: pg.Connection, text: string, values: readonly SqlValue[]): void => {
    const statement = statementOf(connection, text);
    const { name } = statement;
    statements.push(statement);
    if (!statement.parsed) {
      fresh.push(statement);
      statement.parsed = true;
      connection.close({ type: 'S', name }, true);
      connection.parse({ name, text, types: [] }, true);
    }
    connection.bind({ statement: name, values: values.map(toParameter) as string[] }, true);
    if (fresh.includes(statement)) connection.describe({ type: 'P', name: '' }, true);
    connection.execute({}, true);
  };
  return {
    text: queries.map(({ fragment }) => fragment.text).join(';\n'),
    submit: (connection) => {
      connection.stream.cork();
      try {
        run(connection, BIND, [tenantId]);
        for (const { fragment } of queries) run(connection, fragment.text, fragment.values);
        connection.sync();
      } finally {
        connection.stream.uncork();
      }
    },
    handleRowDescription: ({ fields }) => statements[at]?.describe(fields),
    handleDataRow: ({ fields }) => {
      const row = statements[at]?.read(fields);
      if (row !== undefined) rows.push(row);
    },
    handleCommandComplete: () => {
      queries[at - 1]?.resolve(rows);
      rows = [];
      at += 1;
    },
    handleError: (error) => {
      // What failed may have been the preparing.
      for (const statement of fresh) statement.parsed = false;
      const refused = error instanceof pg.DatabaseError ? queries[at - 1] : undefined;
      if (refused === undefined) return fail(error);
      refused.reject(toDatabaseError(error));
      done(queries.slice(at));
    },
    handleReadyForQuery: () => done([]),
  };
}

/** A value as a parameter in text. */
function toParameter(value: SqlValue): string | Buffer | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === 'object')
    return `{${value.map((each) => `"${each.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
  return String(value);
}
