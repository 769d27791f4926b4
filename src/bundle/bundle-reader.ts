import { CarryallError, type Fault } from '../errors.ts';

/** One file of a bundle as it is read back. */
export interface BundleFile {
  readonly path: string;
  /** How many bytes it says that it has; null where nothing says so. */
  readonly size: number | null;
  /** In which volume it lies, from 1, where there are several. */
  readonly volume?: number;
  /** Every byte that the manifest's digest covers. Throws BAD_INPUT, with the reason alone, where they are broken. */
  readonly bytes: AsyncIterable<Buffer>;
}

/** A bundle being read back. */
export interface BundleReader extends AsyncDisposable {
  readonly container: 'ZIP' | 'JSON';
  /** What is wrong with the container; where there is anything, its files are not to be read. */
  readonly faults: readonly Fault[];
  /** All files, in their order, each to be read before the next. */
  files(): Iterable<BundleFile>;
  /** A small file such as `manifest.json`, or null. Throws BAD_INPUT for one that is broken or large. */
  part(path: string): Promise<Buffer | null>;
}

const LARGEST_PART = 64 * 1024 * 1024;

/** All of a small file. Throws BAD_INPUT for a large one, before it is read. */
export async function collect(size: number, bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  if (size > LARGEST_PART) throw new CarryallError('BAD_INPUT', 'is too large');
  return Buffer.concat(await Array.fromAsync(bytes));
}
