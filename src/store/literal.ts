import pg from 'pg';
import { Blank, type Sql, type SqlValue } from './sql.ts';

/** The statement with its values written into it, for COPY, which takes no parameters. */
export function toCopyText(fragment: Sql): string {
  return fragment.strings.reduce(
    (text, piece, index) => `${text}${toLiteral(fragment.values[index - 1] ?? null)}${piece}`,
  );
}

// Casts keep a literal's type what it would be as a parameter's; parentheses keep `- -1` from becoming a comment.
function toLiteral(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return pg.escapeLiteral(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'bigint') return `(${value})`;
  if (typeof value === 'number') return Number.isInteger(value) ? `(${BigInt(value)})` : `('${value}'::float8)`;
  if (value instanceof Date) return `${pg.escapeLiteral(toTimestamp(value))}::timestamptz`;
  if (value instanceof Blank) throw new TypeError(`the blank ${value.name} was not filled`);
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'::bytea`;
  return `ARRAY[${value.map((each) => pg.escapeLiteral(each)).join(', ')}]::text[]`;
}

// PostgreSQL does not read the signed six-digit years of ISO 8601.
function toTimestamp(date: Date): string {
  const year = date.getUTCFullYear();
  const rest = date.toISOString().replace(/^[+-]?\d+/, '');
  return year > 0 ? `${String(year).padStart(4, '0')}${rest}` : `${String(1 - year).padStart(4, '0')}${rest} BC`;
}
