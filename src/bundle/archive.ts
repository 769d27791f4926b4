import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipArchive } from 'archiver';
import { CarryallError, isCarryallError } from '../errors.ts';
import { Meter } from './meter.ts';

/** What one file of an archive came to. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Takes the files of a bundle, one at a time. */
export interface FileSink {
  /** Writes one file from a stream, or from a text. Fails when the stream does. */
  write(path: string, content: Readable | string): Promise<WrittenFile>;
}

/** Large enough that the threads which compress are seldom waited for. */
const BUFFER_BYTES = 256 * 1024;

/** The same for every entry, so that the same content gives the same bytes: the earliest time that ZIP can hold. */
const ENTRY_DATE = new Date(Date.UTC(1980, 0, 1));

// What every system can store: relative, no way up, no reserved name, none longer than Windows takes.
const SAFE_PATH =
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/(?:\/|$))(?!.*(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\/|$))[A-Za-z0-9_][A-Za-z0-9_.\-/]{0,199}$/i;

/** Whether every system can store a file under this path. */
export function isSafePath(path: string): boolean {
  return SAFE_PATH.test(path);
}

/**
 * Writes a ZIP to `destination` while `fill` hands over its files. Settles when the last byte is out. archiver says
 * nothing of a broken source or destination and never ends then, so both are made to break the archive, and only the
 * pipeline is awaited. Throws what broke.
 */
export async function writeZip(
  destination: Writable,
  fill: (sink: FileSink) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const archive = new ZipArchive({ zlib: { level: 6, chunkSize: BUFFER_BYTES }, highWaterMark: BUFFER_BYTES });
  const flowing = pipeline(archive, destination, ...(signal === undefined ? [] : [{ signal }]));
  const written = new Set<string>();
  let broken: Error | null = null;
  archive.on('warning', (warning: Error) => archive.destroy(warning));

  const sink: FileSink = {
    async write(path, content) {
      if (!isSafePath(path))
        throw new CarryallError('BUNDLE_FAILED', 'A file of the bundle has a path that not every system can store.');
      if (written.has(path)) throw new CarryallError('BUNDLE_FAILED', `Two files of the bundle have the path ${path}.`);
      written.add(path);
      const meter = new Meter();
      const entry = new PassThrough();
      const flow =
        typeof content === 'string' ? pipeline([Buffer.from(content)], meter, entry) : pipeline(content, meter, entry);
      const stored = new Promise<void>((resolve, reject) => {
        archive.once('entry', () => resolve());
        flow.catch((error: unknown) => {
          archive.destroy(error as Error);
          reject(error as Error);
        });
      });
      archive.append(entry, { name: path, date: ENTRY_DATE, mode: 0o644 });
      try {
        await Promise.race([Promise.all([flow, stored]), flowing.then(() => new Promise<never>(() => {}))]);
      } catch (error) {
        // Nobody reads the entry any more: its source must be let go before anyone is told.
        entry.destroy();
        await flow.catch(() => {});
        throw error;
      }
      return { path, bytes: meter.bytes, sha256: meter.digest() };
    },
  };

  const filling = fill(sink);
  try {
    await Promise.race([filling, flowing]);
    archive.finalize().catch(() => {});
  } catch (error) {
    broken = error instanceof Error ? error : new Error('the bundle could not be filled', { cause: error });
    archive.destroy(broken);
    // Whoever fills may still be reading from a connection that is about to be handed on.
    await filling.catch(() => {});
  }
  try {
    await flowing;
  } catch (error) {
    throw isCarryallError(broken) ? broken : error;
  }
  if (broken !== null) throw broken;
}
