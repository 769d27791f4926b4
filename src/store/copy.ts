import { Readable } from 'node:stream';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { CarryallError } from '../errors.ts';
import { toDatabaseError } from './failure.ts';
import { toCopyText } from './literal.ts';
import type { Sql } from './sql.ts';
import { terminate } from './terminate.ts';

/**
 * `cells`: PostgreSQL's own text format: a row a line, cells parted by tabs, `\\N` for null, backslashes before what would
 * part them. `lines`: one text column, each row's text on a line of its own, as it is (JSON that PostgreSQL built fits: it holds no
 * raw control character, unless a column of type `json` was stored with line breaks). `csv`: RFC 4180 without a header.
 */
export type CopyFormat = 'cells' | 'lines' | 'csv';

/** What a COPY may be given besides its query. */
export interface CopyOptions {
  readonly signal?: AbortSignal | undefined;
}

// CSV leaves text alone unless it holds the quote, the delimiter or a line break. With control characters for the first
// two, JSON passes untouched, and the quote in the output tells of text that does not fit.
const OPTIONS = {
  cells: 'FORMAT text',
  lines: String.raw`FORMAT csv, QUOTE E'\x01', ESCAPE E'\x01', DELIMITER E'\x02', NULL ''`,
  csv: 'FORMAT csv',
} satisfies Record<CopyFormat, string>;
const QUOTE = 1;

/**
 * The bytes of `COPY (query) TO STDOUT`, no faster than they are read. A stream that is destroyed or aborted before its
 * end terminates the server's side, and the client with it: do not use that client again. Fails with DATABASE_FAILED
 * when the query does, with CANCELLED when `signal` aborts.
 */
export function copyRows(
  client: pg.ClientBase,
  fragment: Sql,
  format: CopyFormat,
  options: CopyOptions = {},
): Readable {
  const { signal } = options;
  const source = client.query(copyTo(`COPY (${toCopyText(fragment)}) TO STDOUT (${OPTIONS[format]})`));
  let settled = false;
  const output = new Readable({
    read: () => void source.resume(),
    destroy(error, callback) {
      signal?.removeEventListener('abort', abort);
      if (settled) return callback(error);
      settled = true;
      void terminate(client).then(
        () => callback(error),
        () => callback(error),
      );
    },
  });
  const abort = (): void =>
    void output.destroy(
      new CarryallError('CANCELLED', 'The reading of rows was cancelled.', { cause: signal?.reason }),
    );
  source.pause();
  source.on('data', (chunk: Buffer) => {
    if (format === 'lines' && chunk.includes(QUOTE)) output.destroy(notOneLine());
    else if (!output.push(chunk)) source.pause();
  });
  source.once('end', () => {
    settled = true;
    output.push(null);
  });
  source.on('error', (error) => {
    if (settled) return;
    settled = true;
    output.destroy(toDatabaseError(error));
  });
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  return output;
}

function notOneLine(): CarryallError {
  return new CarryallError(
    'DATABASE_FAILED',
    'A row of a COPY of lines is empty, or holds a line break or a control character.',
  );
}
