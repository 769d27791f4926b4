/** What one connection, request and operation may take of the gateway. */
export interface DoorLimits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  /** How long a client may take over its headers. */
  readonly headersMs: number;
  /** How long a client may take over a whole request. */
  readonly requestMs: number;
  /** How often slow clients are looked for. */
  readonly checkingMs: number;
  /** After how long without a byte a socket is closed. */
  readonly idleMs: number;
  readonly keepAliveMs: number;
  readonly requestsPerSocket: number;
  /** How long an operation may run before it is stopped, here and in the database. */
  readonly operationMs: number;
  /** How often it is asked again who listens to a stream. */
  readonly stillKnownMs: number;
  /** How long answers under way may take when the gateway closes. */
  readonly closingMs: number;
}

export const DOOR_LIMITS: DoorLimits = {
  headerBytes: 16_384,
  bodyBytes: 100_000,
  headersMs: 10_000,
  requestMs: 30_000,
  checkingMs: 2000,
  idleMs: 60_000,
  keepAliveMs: 10_000,
  requestsPerSocket: 1000,
  operationMs: 20_000,
  stillKnownMs: 5000,
  closingMs: 5000,
};

/** The server's own limit on a statement comes after ours, which gives the better answer. */
export const STATEMENT_GRACE_MS = 5000;

/**
 * What one document may ask for, however it is written: fragments count as often as they are spread.
 *
 * tokens      words and signs, which bounds the parser
 * depth       fields within fields
 * fields      fields in all
 * repeats     fields asked for again in the same place
 * aliases, directives, fragments   as written
 * list        values in one list, in the document and in its variables
 * nesting     lists and objects within each other, in the variables
 * complexity  rows and fields that the answer may have at most, pages multiplied
 */
export const DOCUMENT_LIMITS = {
  tokens: 3000,
  depth: 12,
  fields: 1000,
  repeats: 100,
  aliases: 50,
  directives: 50,
  fragments: 50,
  list: 250,
  nesting: 20,
  complexity: 50_000,
} as const;

export type DocumentLimit = keyof typeof DOCUMENT_LIMITS;
