import pg from 'pg';
import { toDatabaseError } from './failure.ts';
import { statementOf, type Statement } from './prepared.ts';
import { Blank, sql, type Sql, type SqlValue } from './sql.ts';
import { APP_ROLE } from './tenancy.ts';

/** One query of a packet, and who waits for its rows. */
export interface PacketQuery {
  readonly fragment: Sql;
  /** Takes each row as PostgreSQL's texts, in place of collecting it; `resolve` is then given none. */
  readonly take?: ((row: readonly (string | null)[]) => void) | undefined;
  readonly resolve: (rows: object[]) => void;
  readonly reject: (error: Error) => void;
}

/** Binds a transaction to a tenant, as a statement of a packet; where it fails, the rest is skipped. */
export function bindInPacket(tenantId: string, access: 'READ ONLY' | 'READ WRITE'): Sql {
  return sql`SELECT FROM ROWS FROM (set_config('role', ${APP_ROLE}, true), set_config('app.tenant', ${tenantId}, true),
    set_config('transaction_read_only', ${access === 'READ ONLY' ? 'on' : 'off'}, true))`;
}

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
 * Queries in one packet, to be given to a client of pg, after statements for which nobody waits, such as that which binds
 * them to a tenant; to PostgreSQL they are a transaction, unless one is open. Each is resolved as soon as its rows are there. One that
 * the server refuses is rejected, and `done` hears of those after it, which the server skipped; `fail`, of what fails them all.
 */
export function packetOf(
  before: readonly Sql[],
  queries: readonly PacketQuery[],
  done: (skipped: readonly PacketQuery[]) => void,
  fail: (error: Error) => void,
): Handlers {
  const statements: Statement[] = [];
  const fresh: Statement[] = [];
  let rows: object[] = [];
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
        for (const { text, values } of [...before, ...queries.map(({ fragment }) => fragment)])
          run(connection, text, values);
        connection.sync();
      } finally {
        connection.stream.uncork();
      }
    },
    handleRowDescription: ({ fields }) => statements[at]?.describe(fields),
    handleDataRow: ({ fields }) => {
      const take = queries[at - before.length]?.take;
      if (take !== undefined) return take(fields);
      const row = statements[at]?.read(fields);
      if (row !== undefined) rows.push(row);
    },
    handleCommandComplete: () => {
      queries[at - before.length]?.resolve(rows);
      rows = [];
      at += 1;
    },
    handleError: (error) => {
      // What failed may have been the preparing, or a table has changed since.
      for (const statement of [...fresh, ...statements.slice(at, at + 1)]) statement.parsed = false;
      const refused = error instanceof pg.DatabaseError ? queries[at - before.length] : undefined;
      if (refused === undefined) return fail(error);
      refused.reject(toDatabaseError(error));
      done(queries.slice(at - before.length + 1));
    },
    handleReadyForQuery: () => done([]),
  };
}

/** A value as a parameter in text. */
function toParameter(value: SqlValue): string | Buffer | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value instanceof Blank) throw new TypeError(`the blank ${value.name} was not filled`);
  if (typeof value === 'object')
    return `{${value.map((each) => `"${each.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
  return String(value);
}
