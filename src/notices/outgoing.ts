import type { Readable } from 'node:stream';
import { Agent, buildConnector, request } from 'undici';
import { CarryallError } from '../errors.ts';
import {
  guardedLookup,
  isReachable,
  literalOf,
  reachableAddresses,
  resolveBySystem,
  type Reach,
  type Resolve,
} from './addresses.ts';

/*
 * The one door by which anything goes out to an address that somebody gave us. It reaches the world and no inner network,
 * whatever a name resolves to at the moment of dialling, and follows nobody who sends it elsewhere (X-23 to X-26).
 */

export interface OutgoingOptions {
  /**
   * Ports that may be dialled beside 443.
   * @default none
   */
  readonly ports?: readonly number[];
  /** @default 'WORLD'; with loopback, also plain http to this machine, on any port. */
  readonly reach?: Reach;
  /** @default the system's */
  readonly resolve?: Resolve;
}

export interface Outgoing {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
  readonly signal?: AbortSignal;
  /** How long to wait for the head of the answer, and between two pieces of its body. */
  readonly patienceMs: number;
}

/** An answer; whoever does not read its body destroys it. */
export interface Incoming {
  readonly status: number;
  header(name: string): string | null;
  readonly body: Readable;
}

export interface OutgoingDoor extends AsyncDisposable {
  /** The URL, when something may be sent there. Throws BAD_INPUT. What it leads to is checked again when it is dialled. */
  assertMaySend(url: string): Promise<URL>;
  /** Sends a request and gives the answer, also a redirect, as it is. Throws BAD_INPUT as above, and what the network throws. */
  send(url: string, outgoing: Outgoing): Promise<Incoming>;
}

const CONNECT_MS = 5000;
const LARGEST_HEAD_BYTES = 16_384;
const IDLE_MS = 4000;

export function openOutgoingDoor(options: OutgoingOptions = {}): OutgoingDoor {
  const { ports = [], reach = 'WORLD', resolve = resolveBySystem } = options;
  const agent = new Agent({
    connect: guardedConnector(reach, resolve),
    keepAliveTimeout: IDLE_MS,
    maxHeaderSize: LARGEST_HEAD_BYTES,
  });
  const parse = (url: string): URL => parseUrl(url, ports, reach);
  return {
    async assertMaySend(text) {
      const url = parse(text);
      await reachableAddresses(url.hostname, reach, resolve);
      return url;
    },
    async send(text, { method, headers, body, signal, patienceMs }) {
      const answer = await request(parse(text), {
        dispatcher: agent,
        method,
        headers: { ...headers },
        body: body ?? null,
        signal: signal ?? null,
        headersTimeout: patienceMs,
        bodyTimeout: patienceMs,
      });
      // Without a listener an answer that nobody reads would end the process when its connection does.
      answer.body.on('error', () => {});
      return {
        status: answer.statusCode,
        header: (name) => {
          const value = answer.headers[name.toLowerCase()];
          return (Array.isArray(value) ? value.join(', ') : value) ?? null;
        },
        body: answer.body,
      };
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** Checks every connection: a socket asks no look-up for an address that is written out in figures. */
function guardedConnector(reach: Reach, resolve: Resolve): buildConnector.connector {
  const connect = buildConnector({ lookup: guardedLookup(reach, resolve), timeout: CONNECT_MS } as const);
  return (target, callback) => {
    const literal = literalOf(target.hostname);
    if (literal !== null && !isReachable(literal, reach)) {
      callback(refusedAddress(), null);
      return;
    }
    connect(target, (...[error, socket]) => {
      if (error !== null) callback(error, null);
      else if (isReachable(socket.remoteAddress ?? '', reach)) callback(null, socket);
      else {
        socket.destroy();
        callback(refusedAddress(), null);
      }
    });
  };
}

function refusedAddress(): CarryallError {
  return new CarryallError('BAD_INPUT', 'This address leads into an inner network, where Carryall sends nothing.');
}

function parseUrl(text: string, ports: readonly number[], reach: Reach): URL {
  const url = text.length <= 2048 ? URL.parse(text) : null;
  const faults: string[] = [];
  if (url === null) faults.push('wanted an address such as https://hooks.example.org/carryall');
  else {
    // Only this machine is spoken to in the clear, where that is allowed at all; what its name resolves to is checked later.
    const isOwn = reach === 'WORLD_AND_LOOPBACK' && isOwnMachine(url.hostname);
    if (url.protocol !== 'https:' && !(isOwn && url.protocol === 'http:')) faults.push('wanted https');
    if (url.username !== '' || url.password !== '') faults.push('wanted no user name and no password in it');
    if (url.hash !== '') faults.push('wanted no fragment');
    if (!isOwn && url.port !== '' && !ports.includes(Number(url.port)))
      faults.push(`wanted port 443${ports.map((port) => ` or ${port}`).join('')}`);
    const literal = literalOf(url.hostname);
    if (literal !== null && !isReachable(literal, reach)) faults.push('leads into an inner network');
  }
  if (url !== null && faults.length === 0) return url;
  throw new CarryallError('BAD_INPUT', `Carryall sends nothing to this address: ${faults.join('; ')}.`, {
    faults: faults.map((reason) => ({ path: 'url', reason })),
  });
}

function isOwnMachine(hostname: string): boolean {
  const literal = literalOf(hostname);
  return (
    hostname === 'localhost' ||
    (literal !== null && isReachable(literal, 'WORLD_AND_LOOPBACK') && !isReachable(literal, 'WORLD'))
  );
}

/** The first bytes of an answer's body, as text; more than `most` end the connection (X-29). */
export async function readAtMost(body: Readable, most: number): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop destroys the stream, and with it the connection.
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece.subarray(0, most - bytes));
    bytes += piece.byteLength;
    if (bytes >= most) break;
  }
  return Buffer.concat(pieces).toString('utf8');
}
