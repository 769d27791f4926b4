import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CarryallError } from '../errors.ts';
import { after, inWords } from '../store/patience.ts';

/** How long a source may say nothing while it is waited for. */
export interface Silence {
  /** In ms. */
  readonly idleMs: number;
  /** What the source holds, for the message: the name of a dataset or the path of a file. */
  readonly name: string;
}

/** The patience with a source where nobody says otherwise: half a minute. */
export const IDLE_MS = 30_000;

/**
 * The bytes of a source that ends if it goes silent: it is destroyed with BUNDLE_FAILED when somebody waits for its next
 * byte, or for its end, longer than `idleMs`. A reader that is slow itself does not wait, so it may take any time. Whoever
 * destroys the result destroys the source.
 */
export function watched(source: Readable, silence: Silence): Readable {
  const output = new PassThrough();
  pipeline(source, (chunks: AsyncIterable<Buffer>) => attentive(chunks, silence), output).catch((error: unknown) =>
    output.destroy(error as Error),
  );
  return output;
}

/** The same without a stream: whoever reads it must see to it that the source is destroyed when it fails. */
export async function* attentive(chunks: AsyncIterable<Buffer>, silence: Silence): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]();
  for (;;) {
    const next = await soon(iterator.next(), silence);
    if (next.done === true) return;
    yield next.value;
  }
}

async function soon<T>(answer: Promise<T>, { idleMs, name }: Silence): Promise<T> {
  const late = Promise.withResolvers<never>();
  using _patience = after(idleMs, () =>
    late.reject(
      new CarryallError(
        'BUNDLE_FAILED',
        `${name}: its source said nothing for ${inWords(idleMs)} and was given up. Check the database's load and the disk, and try again.`,
      ),
    ),
  );
  return await Promise.race([answer, late.promise]);
}
