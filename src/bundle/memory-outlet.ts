import type { Outlet } from './outlet.ts';

/** An outlet into memory, for what is known to be small. */
export interface MemoryOutlet extends Outlet {
  readonly chunks: readonly Buffer[];
}

/** Opens an outlet into memory, which takes nothing any more once `signal` aborts. */
export function openMemoryOutlet(signal: AbortSignal = new AbortController().signal): MemoryOutlet {
  const chunks: Buffer[] = [];
  let position = 0;
  return {
    chunks,
    signal,
    get position() {
      return position;
    },
    async write(chunk) {
      signal.throwIfAborted();
      position += chunk.length;
      chunks.push(chunk);
    },
    async end() {
      signal.throwIfAborted();
    },
    destroy: async () => {},
    [Symbol.dispose]: () => {},
  };
}
