/** What the libraries ask of `fetch`. */
export type Fetch = (url: string | URL, options: RequestInit) => Promise<Response>;

const LARGEST_ANSWER_BYTES = 512_000;
/** After a failure a provider is left alone for so long: whoever sends tokens must not make us knock at every one. */
const PAUSE_MS = 5000;

/**
 * A `fetch` for one identity provider: answers larger than a bound are refused before they are read to the end, redirects
 * are not followed, and after a failure it fails at once for a while.
 */
export function createBoundedFetch(closing: AbortSignal): Fetch {
  const failedAt = new Map<string, number>();
  return async (url, options) => {
    const address = String(url);
    const last = failedAt.get(address);
    if (last !== undefined && performance.now() - last < PAUSE_MS) throw new Error('The provider failed a moment ago.');
    try {
      const signal = AbortSignal.any([closing, ...(options.signal ? [options.signal] : [])]);
      const response = await fetch(url, { ...options, signal, redirect: 'manual' });
      const body = await readBounded(response);
      if (response.status >= 500) failedAt.set(address, performance.now());
      else failedAt.delete(address);
      // A body that was there must stay there: 204 and the like allow none.
      return new Response(body.byteLength === 0 ? null : body, response);
    } catch (error) {
      failedAt.set(address, performance.now());
      throw error;
    }
  };
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the stream, and with it the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER_BYTES) throw new Error('The provider answered with more than is read.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
