import { CarryallError } from '../errors.ts';
import { sqlState } from './failure.ts';
import type { Reader } from './session.ts';
import { sql, type Sql } from './sql.ts';

/** What is read in pages. */
export interface KeysetQuery {
  /** The columns, without SELECT. */
  readonly select: Sql;
  /** The tables, without FROM. */
  readonly from: Sql;
  /** The condition, without WHERE. */
  readonly where: Sql;
  readonly order: KeysetOrder;
}

/** A total order: by `column`, which must not be null, and within ties by `id`. */
export interface KeysetOrder {
  readonly column: Sql;
  readonly type: 'timestamptz' | 'text';
  readonly id: Sql;
  readonly direction: 'ascending' | 'descending';
}

/** Which page: the `first` 1 to 100 rows, `after` a cursor. */
export interface PageRequest {
  readonly first: number;
  readonly after?: string | null | undefined;
}

/** A page; `cursors` stand beside `rows`. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly cursors: readonly string[];
  readonly hasNext: boolean;
}

export const LARGEST_PAGE = 100;

/** Reads one page. Throws BAD_INPUT for a size out of bounds or a cursor that is not one of this order's. */
export async function readPage<Row extends object>(
  reader: Reader,
  query: KeysetQuery,
  request: PageRequest,
): Promise<Page<Row>> {
  const { first, after } = request;
  if (!Number.isInteger(first) || first < 1 || first > LARGEST_PAGE) {
    throw new CarryallError('BAD_INPUT', `A page has 1 to ${LARGEST_PAGE} rows, not ${first}.`);
  }
  const { column, id, direction } = query.order;
  const way = direction === 'ascending' ? sql`ASC` : sql`DESC`;
  // As text a timestamp keeps its microseconds, which a Date would cut off.
  const found = await read<Row & Key>(
    reader,
    sql`SELECT ${query.select}, (${column})::text AS carryall_sort, (${id})::text AS carryall_id
        FROM ${query.from} WHERE (${query.where}) ${after == null ? sql.empty : sql`AND ${beyond(query.order, after)}`}
        ORDER BY (${column}) ${way}, ${id} ${way} LIMIT ${first + 1}`,
  );
  const page = found.slice(0, first);
  return {
    rows: page.map(({ carryall_sort: _sort, carryall_id: _id, ...row }) => row as unknown as Row),
    cursors: page.map(({ carryall_sort, carryall_id }) => toCursor(carryall_sort, carryall_id)),
    hasNext: found.length > first,
  };
}

interface Key {
  readonly carryall_sort: string;
  readonly carryall_id: string;
}

async function read<Row extends object>(reader: Reader, fragment: Sql): Promise<Row[]> {
  try {
    return await reader.query<Row>(fragment);
  } catch (error) {
    // A date that has the right form and does not exist.
    if (['22007', '22008'].includes(sqlState(error) ?? '')) throw notACursor(error);
    throw error;
  }
}

// A comparison of rows, which one index on (column, id) answers.
function beyond({ column, type, id, direction }: KeysetOrder, after: string): Sql {
  const [sort, last] = fromCursor(after, type);
  const value = type === 'text' ? sql`${sort}` : sql`${sort}::timestamptz`;
  return sql`(${column}, ${id}) ${direction === 'ascending' ? sql`>` : sql`<`} (${value}, ${last})`;
}

const TIMESTAMP = /^(?:-?infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::\d\d){0,2}(?: BC)?)$/;

function toCursor(sort: string, id: string): string {
  return Buffer.from(JSON.stringify([sort, id])).toString('base64url');
}

function fromCursor(cursor: string, type: KeysetOrder['type']): readonly [string, string] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw notACursor(cause);
  }
  if (!Array.isArray(parts) || parts.length !== 2) throw notACursor();
  const [sort, id]: unknown[] = parts;
  if (typeof sort !== 'string' || typeof id !== 'string') throw notACursor();
  if (type === 'timestamptz' && !TIMESTAMP.test(sort)) throw notACursor();
  return [sort, id];
}

function notACursor(cause?: unknown): CarryallError {
  return new CarryallError(
    'BAD_INPUT',
    'The cursor is not one of this list. Take it from pageInfo or start without one.',
    { cause },
  );
}
