import pg from 'pg';

/** How many statements a connection keeps prepared; those longest unused are forgotten first. */
const KEPT = 200;

/** A statement that is prepared on a connection. */
export class Statement {
  readonly name: string;
  /** False for one of which it is not known whether the server has it. */
  parsed = false;
  #columns: readonly { readonly name: string; readonly parse: (text: string) => unknown }[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Learns the columns of the rows, which the server describes once. */
  describe(fields: readonly pg.FieldDef[]): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, parse: pg.types.getTypeParser(dataTypeID) }));
  }

  /** A row as pg itself would give it; undefined for one without columns. */
  read(values: readonly (string | null)[]): object | undefined {
    if (this.#columns.length === 0) return undefined;
    const row: Record<string, unknown> = {};
    for (const [index, { name, parse }] of this.#columns.entries()) {
      const value = values[index] ?? null;
      row[name] = value === null ? null : parse(value);
    }
    return row;
  }
}

const prepared = new WeakMap<pg.Connection, Map<string, Statement>>();
let names = 0;

/** The statement with a text on a connection, prepared or about to be. */
export function statementOf(connection: pg.Connection, text: string): Statement {
  let known = prepared.get(connection);
  if (known === undefined) prepared.set(connection, (known = new Map<string, Statement>()));
  const statement = known.get(text) ?? new Statement(`carryall_${names++}`);
  // A Map keeps the order of entry: the first is the one that was asked for longest ago.
  known.delete(text);
  known.set(text, statement);
  for (const [oldest, { name }] of known) {
    if (known.size <= KEPT) break;
    known.delete(oldest);
    connection.close({ type: 'S', name }, true);
  }
  return statement;
}
