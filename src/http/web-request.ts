import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The headers of a request, as the platform has them. */
export function headersOf({ raw }: FastifyRequest): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw.headers))
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each);
  return headers;
}

/** The request as the platform has them. The host that a client claims decides nothing. */
export function toWebRequest(request: FastifyRequest, reply: FastifyReply): Request {
  const { method, raw, body } = request;
  return new Request(`http://localhost${raw.url ?? '/'}`, {
    method,
    headers: headersOf(request),
    signal: signalOf(reply),
    ...(Buffer.isBuffer(body) && method !== 'GET' ? { body: new Uint8Array(body) } : {}),
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

/** Sends an answer; what it says of a header wins over what the door says of all. */
export function sendWebResponse(reply: FastifyReply, response: Response): FastifyReply {
  reply.code(response.status);
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) reply.header('set-cookie', cookies);
  const { body } = response;
  return reply.send(body === null ? null : Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]));
}
