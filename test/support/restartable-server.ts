import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embedded.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/** A PostgreSQL server that stops and starts, and keeps its address and its data. */
export interface RestartableServer extends AsyncDisposable {
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a server of its own. */
export async function openRestartableServer(): Promise<RestartableServer> {
  const folder = openTemporaryFolder();
  // A path of its own, since that of a socket has little room.
  const address = join(mkdtempSync(join(tmpdir(), 'ca-')), 's');
  let server: EmbeddedPostgres | undefined;
  const start = async (): Promise<void> => {
    // Whoever stopped it may not have waited until it was down.
    await server?.close();
    server = await openEmbeddedPostgres({ folder: folder.path, durable: false });
    // Each start has another folder for its socket; the link stays where it is.
    rmSync(address, { force: true });
    symlinkSync(new URL(server.url).searchParams.get('host')!, address);
  };
  const stop = async (): Promise<void> => server?.close();
  await start();
  const url = new URL(server!.url);
  url.searchParams.set('host', address);
  return {
    url: url.href,
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      rmSync(join(address, '..'), { recursive: true });
      folder[Symbol.dispose]();
    },
  };
}
