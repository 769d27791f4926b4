import { CarryallError } from '../errors.ts';

/** What may stand in a statement as a value. */
export type SqlValue = string | number | bigint | boolean | null | Date | Uint8Array | readonly string[] | Blank;

/** A place for a value that comes later: a statement that many need is put together once. With one left it cannot be sent. */
export class Blank {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const texts = new WeakMap<readonly string[], string>();

/**
 * A piece of SQL with its values apart. Only the `sql` tag makes one, and being a class it cannot be forged by parsed
 * input that has the same shape.
 */
export class Sql {
  /** The SQL between the values: one more than there are values. */
  readonly strings: readonly string[];
  readonly values: readonly SqlValue[];

  constructor(strings: readonly string[], values: readonly SqlValue[]) {
    this.strings = strings;
    this.values = values;
  }

  /** The statement with `$1`, `$2`, … where the values go. */
  get text(): string {
    const left = this.values.find((value) => value instanceof Blank);
    if (left !== undefined) throw new TypeError(`the blank ${left.name} was not filled`);
    const text = texts.get(this.strings) ?? this.strings.reduce((all, piece, index) => `${all}$${index}${piece}`);
    texts.set(this.strings, text);
    return text;
  }

  /** The same statement with values in its blanks, by their names. Throws TypeError for a blank without one. */
  fill(values: ReadonlyMap<string, SqlValue>): Sql {
    const filled = this.values.map((value) => {
      if (!(value instanceof Blank)) return value;
      const given = values.get(value.name);
      if (given === undefined) throw new TypeError(`there is nothing for the blank ${value.name}`);
      return given;
    });
    return new Sql(this.strings, filled);
  }
}

function tag(strings: TemplateStringsArray, ...parts: readonly (SqlValue | Sql)[]): Sql {
  const pieces = [strings[0] ?? ''];
  const values: SqlValue[] = [];
  const append = (text: string): void => void pieces.push((pieces.pop() ?? '') + text);
  parts.forEach((part, index) => {
    if (part instanceof Sql) {
      append(part.strings[0] ?? '');
      pieces.push(...part.strings.slice(1));
      values.push(...part.values);
    } else {
      assertStorable(part);
      values.push(part);
      pieces.push('');
    }
    append(strings[index + 1] ?? '');
  });
  return new Sql(pieces, values);
}

/** Fragments, one after another, with `separator` between them. */
function join(fragments: readonly Sql[], separator: Sql = tag`, `): Sql {
  return fragments.reduce((all, each, index) => (index === 0 ? each : tag`${all}${separator}${each}`), empty);
}

/** A quoted name; with several parts, a qualified one. Throws BAD_INPUT for a name that PostgreSQL cannot have. */
function identifier(...names: readonly [string, ...string[]]): Sql {
  for (const name of names) {
    assertStorable(name);
    if (name === '') throw new CarryallError('BAD_INPUT', 'A name in SQL must not be empty.');
  }
  return new Sql([names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')], []);
}

const empty = new Sql([''], []);

/**
 * The tag for SQL: every `${value}` becomes a bound parameter, every `${fragment}` is put in place. Throws BAD_INPUT for
 * text that PostgreSQL cannot store (NUL, half a surrogate pair) and for numbers that are none.
 * @example sql`SELECT * FROM ${sql.identifier('account')} WHERE tenant_id = ${tenantId}`
 */
export const sql = Object.assign(tag, { join, identifier, empty });

function assertStorable(value: SqlValue): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw new CarryallError('BAD_INPUT', 'Text must not hold the character NUL.');
    if (!value.isWellFormed()) throw new CarryallError('BAD_INPUT', 'Text must be well-formed Unicode.');
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CarryallError('BAD_INPUT', 'A number must be finite.');
  } else if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new CarryallError('BAD_INPUT', 'A date must be valid.');
  } else if (Array.isArray(value)) {
    value.forEach(assertStorable);
  }
}
