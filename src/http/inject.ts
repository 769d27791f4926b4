import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** Sends a request through a server without a socket: routes, hooks and limits are those of one that listens. */
export async function inject(app: FastifyInstance, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { statusCode, headers, rawPayload } = await app.inject({
    method: request.method as 'GET' | 'POST',
    url: `${pathname}${search}`,
    headers: Object.fromEntries(request.headers),
    ...(request.body === null
      ? {}
      : { payload: Readable.fromWeb(request.body as Parameters<typeof Readable.fromWeb>[0]) }),
  });
  const answered = new Headers();
  for (const [name, value] of Object.entries(headers))
    for (const each of Array.isArray(value) ? value : [String(value ?? '')]) answered.append(name, each);
  const hasBody = statusCode !== 204 && statusCode !== 304;
  return new Response(hasBody ? new Uint8Array(rawPayload) : null, { status: statusCode, headers: answered });
}
