import { rowIds } from './row-ids.ts';
import type { Kind, Witness } from './witness.ts';

const ROWS = 5000;
const BYTES = 4 * 1024 * 1024;

interface Batch {
  readonly chunks: Buffer[];
  readonly ids: string[];
  bytes: number;
}

/**
 * Passes on lines of JSON, each chunk of whole lines, once the witness has vouched for their rows. While one batch is
 * asked about the next is collected, so at most two are in memory. Throws what `Witness.take` and `rowIds` throw, and then
 * nothing of that batch, or of a later one, has passed.
 */
export async function* vouch(lines: AsyncIterable<Buffer>, witness: Witness, kind: Kind): AsyncGenerator<Buffer> {
  let asked: { readonly batch: Batch; readonly verdict: Promise<void> } | null = null;
  let batch: Batch = { chunks: [], ids: [], bytes: 0 };
  const ask = async (): Promise<readonly Buffer[]> => {
    const before = asked;
    await before?.verdict;
    const verdict = witness.take(kind, batch.ids);
    // It is awaited later, and may be lost when the lines fail first.
    verdict.catch(() => {});
    asked = { batch, verdict };
    batch = { chunks: [], ids: [], bytes: 0 };
    return before?.batch.chunks ?? [];
  };
  for await (const chunk of lines) {
    batch.chunks.push(chunk);
    batch.bytes += chunk.length;
    for (const id of rowIds(chunk)) batch.ids.push(id);
    if (batch.ids.length >= ROWS || batch.bytes >= BYTES) yield* await ask();
  }
  yield* await ask();
  yield* await ask();
}
