import type { Socket } from 'node:net';
import pg from 'pg';

/** What is heard of a connection: that a statement is about to be sent, or that bytes have come. */
export type Heard = (what: 'QUERY' | 'DATA', breakOff: () => void) => void;

/** A pool that tells of all that goes over its connections, and each of them can be broken off. */
export function openBreakablePool(url: string, heard: Heard): pg.Pool {
  class BreakableClient extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config);
      const { stream } = (this as unknown as { readonly connection: { readonly stream: Socket } }).connection;
      const breakOff = (): void => void stream.destroy();
      // A listener of its own would be one too many for a COPY.
      const emit = stream.emit.bind(stream) as (...given: unknown[]) => boolean;
      stream.emit = (event: string, ...given: unknown[]) => {
        if (event === 'data') heard('DATA', breakOff);
        return emit(event, ...given);
      };
      const query = this.query.bind(this) as (...given: unknown[]) => unknown;
      this.query = ((...given: unknown[]) => {
        heard('QUERY', breakOff);
        return query(...given);
      }) as never;
    }
  }
  const pool = new pg.Pool({ connectionString: url, max: 5, Client: BreakableClient } as pg.PoolConfig);
  pool.on('error', () => {});
  return pool;
}
