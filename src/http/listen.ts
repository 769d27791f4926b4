import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { CarryallError } from '../errors.ts';

/** A server that listens until it is disposed. */
export interface Listening extends AsyncDisposable {
  readonly url: string;
}

export interface ListenAddress {
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
}

/**
 * Lets a server listen. Closing it takes no more requests, and gives those under way `closingMs`. Throws BAD_INPUT when the
 * address is taken or not ours.
 */
export async function listen(
  app: FastifyInstance,
  { port, host = '127.0.0.1' }: ListenAddress,
  closingMs: number,
): Promise<Listening> {
  try {
    await app.listen({ port, host });
  } catch (cause) {
    await app.close();
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CarryallError('BAD_INPUT', `Cannot listen on ${host}:${port} (${code}). Choose another port.`, { cause });
  }
  const { port: chosen } = app.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
    [Symbol.asyncDispose]: async () => {
      const impatience = setTimeout(() => app.server.closeAllConnections(), closingMs);
      await app.close();
      clearTimeout(impatience);
    },
  };
}
