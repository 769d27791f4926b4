import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type pg from 'pg';
import type { Clock } from '../../clock.ts';
import { CarryallError } from '../../errors.ts';
import { measureWith } from '../../metrics.ts';
import type { ListenAddress, Listening } from '../listen.ts';
import { addGauges } from './gauges.ts';
import { createMeter } from './meter.ts';

const PATH = '/metrics';
const LONGEST_MS = 10_000;

/**
 * Counts from here on, and lets Prometheus read the numbers at /metrics of a listener of their own, which the public door
 * knows nothing of. Throws BAD_INPUT when the address is taken or not ours.
 */
export async function listenForMetrics(
  { pool, clock }: { readonly pool: pg.Pool; readonly clock: Clock },
  { host = '127.0.0.1', port }: ListenAddress,
): Promise<Listening> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const update = addGauges(registry, pool, clock);
  const server = createServer({ requestTimeout: LONGEST_MS, headersTimeout: LONGEST_MS }, (request, response) => {
    if (request.method !== 'GET' || request.url !== PATH) {
      response.writeHead(404).end();
      return;
    }
    const read = async (): Promise<string> => {
      await update();
      return registry.metrics();
    };
    read().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new CarryallError('BAD_INPUT', `Cannot listen for metrics on ${host}:${port} (${code}). Choose another.`, {
      cause,
    });
  }
  const measuring = measureWith(createMeter(registry));
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}${PATH}`,
    [Symbol.asyncDispose]: async () => {
      measuring[Symbol.dispose]();
      registry.clear();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
