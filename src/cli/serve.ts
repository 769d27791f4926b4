import type { Config } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import { createGateway } from '../http/gateway.ts';
import { createLog } from '../log.ts';
import { createPrisma } from '../store/prisma.ts';
import { readTokenKey } from '../token-key.ts';
import { listenForStop } from './stop-signal.ts';

/** Serves until a signal asks to stop; `onReady` hears the address. */
export async function serve(
  gateway: Gateway,
  config: Config,
  graphiql: boolean,
  onReady: (url: string) => void,
): Promise<void> {
  const log = createLog();
  // Makes the first key, and refuses broken ones before anybody is served.
  await gateway.signing.published();
  const prisma = createPrisma(gateway.database.pool);
  const signal = listenForStop();
  const door = createGateway({
    pool: gateway.database.pool,
    prisma,
    book: gateway.policies,
    key: await readTokenKey(config.dataFolder),
    clock: config.clock,
    bundles: gateway,
    graphiql,
    onFault: (error) => log.fault(error),
  });
  {
    await using listening = await door.listen({ port: config.port, host: config.host });
    onReady(listening.url);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  await prisma.$disconnect();
}
