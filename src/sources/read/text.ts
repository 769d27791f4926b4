import { createReadStream } from 'node:fs';
import { CarryallError } from '../../errors.ts';
import type { InputFile } from '../importer.ts';

/** The character that stands for bytes that are not UTF-8; a row that holds it is refused. */
export const REPLACEMENT = '\uFFFD';

/** The bytes of a file. Throws BAD_INPUT when it cannot be read, CANCELLED when the import was. */
export async function* readBytes(file: InputFile): AsyncGenerator<Buffer> {
  const stream = createReadStream(file.path, { highWaterMark: 256 * 1024 });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      assertGoingOn(file.signal);
      file.onBytes(chunk.length);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof CarryallError) throw error;
    throw unreadable(file.name, error);
  } finally {
    stream.destroy();
  }
}

/** The error for a file that cannot be read. */
export function unreadable(name: string, cause: unknown): CarryallError {
  const { code } = cause as { code?: unknown };
  return new CarryallError('BAD_INPUT', `${name} cannot be read${typeof code === 'string' ? ` (${code})` : ''}.`, {
    cause,
  });
}

/** Throws CANCELLED when the import was cancelled. */
export function assertGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new CarryallError('CANCELLED', 'The import was cancelled, and nothing of it was kept.', {
      cause: signal.reason,
    });
}

/** The text of a file without byte order mark and with `\n` for every line break. */
export async function* readText(file: InputFile): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let held = '';
  for await (const bytes of readBytes(file)) {
    const text = held + decoder.decode(bytes, { stream: true });
    // A `\r` at the end may be the first half of a line break.
    held = text.endsWith('\r') ? '\r' : '';
    yield (held === '' ? text : text.slice(0, -1)).replaceAll('\r\n', '\n');
  }
  yield held + decoder.decode();
}
