import type { ModelName } from '../catalogue/dataset.ts';
import type { Identifier } from './values/identifiers.ts';

/*
 * record    one object, ticket, line or CSV row of the file
 * place     where a record stands: `file:line`, or `file#/data/3` in a JSON document
 * importer  turns the records of one kind of file into people and rows
 */

/** What a reader gives: a record, or the reason why what stands there is none. */
export type Read =
  | { readonly kind: 'record'; readonly place: string; readonly value: unknown }
  | { readonly kind: 'bad'; readonly place: string; readonly reason: string };

/** A person that a record is about, known by identifiers alone. */
export class Person {
  readonly identifiers: readonly Identifier[];

  constructor(identifiers: readonly Identifier[]) {
    this.identifiers = identifiers;
  }
}

/** A row to be stored; a `Person` among its values becomes the id of that person's subject. */
export interface Row {
  readonly model: ModelName;
  readonly id: string;
  /** By field. An absent field leaves a stored value alone; null clears it. Without `subjectId`, the row takes its parent's. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Left out, and counted, unless the policy names what it would store. */
  readonly onlyIfNamed?: boolean;
  /** Links that are cleared where the row they name is neither in the file nor in the store. */
  readonly soft?: readonly string[];
  /** Values that the file does not tell and that were assumed; a stored value stays. */
  readonly assumed?: readonly string[];
}

/** What a record means. */
export interface Meaning {
  readonly people: readonly Person[];
  readonly rows: readonly Row[];
  /** What is wrong with the record, where an importer finds several faults at once. */
  readonly faults?: readonly string[];
  /** What in the record was not stored because the policy does not name it, by column. */
  readonly unnamed?: readonly string[];
  /** What in the record could not be stored, by column, e.g. a called number that is an extension. */
  readonly unusable?: readonly string[];
}

/** Reads and understands one kind of file. */
export interface Importer {
  /** The name of the system that the rows come from. */
  readonly source: string;
  read(file: InputFile): AsyncIterable<Read>;
  /** Is shown every record before the first is understood. */
  glance?(record: unknown): void;
  /** Records for which this holds are taken before all others: they tell who is who. */
  isIdentity?(record: unknown): boolean;
  /** What a record means, or the name under which it is counted as ignored. Throws `BadRow`. */
  understand(record: unknown): Meaning | string | Promise<Meaning | string>;
}

/** The file of an import; `name` is what faults call it. */
export interface InputFile {
  readonly path: string;
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  /** Told the bytes of each piece that was read. */
  readonly onBytes: (bytes: number) => void;
}

/** A record that cannot be imported. The message says what is wrong with it and never holds a value of it. */
export class BadRow extends Error {
  override readonly name = 'BadRow';
}
