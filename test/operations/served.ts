import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Actor } from '../../src/access/actor.ts';
import { signToken } from '../../src/http/token.ts';
import { readTokenKey } from '../../src/token-key.ts';
import { freePort } from './free-port.ts';
import { ROOT } from './dockerfile.ts';

/** `carryall serve` as a process of its own, with all that it tells whoever watches. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  /** What it has written to its standard output and error. */
  said(): string;
  metrics(): Promise<string>;
  /** The bodies that the collector of traces was sent. */
  readonly traces: readonly string[];
  ask(actor: Actor, body: string | object, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Asks it to stop and waits for its end. */
  stop(): Promise<number | null>;
}

/** Starts it on a database and a data folder; it listens on this machine only. */
export async function serveAlone(env: Readonly<Record<string, string>>): Promise<Served> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const traces: string[] = [];
  const collector = createServer((request, response) => {
    void text(request).then((body) => {
      traces.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  const collectorUrl = await listening(collector);
  const child = spawn(process.execPath, ['src/cli/main.ts', 'serve'], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...env,
      HOST: '127.0.0.1',
      PORT: String(port),
      CARRYALL_LOG: 'requests',
      CARRYALL_METRICS: `127.0.0.1:${metricsPort}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const ended = once(child, 'close').then(([status]) => status as number | null);
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.status === 200) break;
    if (child.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return {
    url,
    said: () => said,
    metrics: async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    traces,
    ask: async (actor, body, headers = {}) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-carryall-csrf': '1',
          authorization: `Bearer ${await signToken(await readTokenKey(env['CARRYALL_DATA']!), actor, 600, new Date())}`,
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      collector.closeAllConnections();
      await new Promise((resolve) => collector.close(resolve));
    },
  };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
