import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReceivedRequest } from './received-request.ts';
import { TextResponse } from './text-response.ts';

const headersKnown = new WeakMap<FastifyRequest['raw'], Headers>();

/** The headers of a request, as the platform has them. */
export function headersOf({ raw }: FastifyRequest): Headers {
  const known = headersKnown.get(raw);
  if (known !== undefined) return known;
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw.headers))
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each);
  headersKnown.set(raw, headers);
  return headers;
}

/** The request as the platform has them. The host that a client claims decides nothing. */
export function toWebRequest(request: FastifyRequest, reply: FastifyReply): ReceivedRequest {
  const { method, raw, body } = request;
  return new ReceivedRequest({
    url: new URL(`http://localhost${raw.url ?? '/'}`).href,
    method,
    headers: headersOf(request),
    signal: signalOf(reply),
    bytes: Buffer.isBuffer(body) && method !== 'GET' && method !== 'HEAD' ? body : null,
  });
}

/** Aborts when the connection closes before the answer was sent. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

const endings = new WeakMap<Response, (isSent: boolean) => void>();

/** Has somebody told, once, when an answer is over: true when all of it was handed to the network, false when it broke off. */
export function onceOver(response: Response, tell: (isSent: boolean) => void): Response {
  endings.set(response, tell);
  return response;
}

// `finished` of node:stream would listen so often that Node warns of it.
function hearOfEnd(raw: ServerResponse, tell: (isSent: boolean) => void): void {
  if (raw.destroyed) return tell(false);
  // One that fails before its first byte is answered twice, and heard by both.
  raw.setMaxListeners(20);
  let isOver = false;
  const over = (isSent: boolean): void => {
    if (!isOver) tell(isSent);
    isOver = true;
  };
  raw.once('finish', () => over(true));
  raw.once('close', () => over(false));
}

/** Sends an answer; what it says of a header wins over what the door says of all. */
export function sendWebResponse(reply: FastifyReply, response: Response): FastifyReply {
  reply.code(response.status);
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) reply.header('set-cookie', cookies);
  const tell = endings.get(response);
  if (tell !== undefined) hearOfEnd(reply.raw, tell);
  if (response instanceof TextResponse && response.content !== null) return reply.send(response.content);
  const { body } = response;
  return reply.send(body === null ? null : Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]));
}
