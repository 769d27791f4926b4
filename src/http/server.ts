import helmet from '@fastify/helmet';
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ClientCode } from './error-codes.ts';
import { errorResponse, refusal } from './errors.ts';
import type { DoorLimits } from './limits.ts';
import type { CarriedRoute } from './routes/route.ts';
import { headersOf, sendWebResponse, toWebRequest } from './web-request.ts';

export interface ServerOptions {
  readonly limits: DoorLimits;
  /** How many proxies in front say truly from which address a request comes; 0 believes nobody. */
  readonly trustedProxies: number;
  readonly onFault: (error: unknown) => void;
}

/** Answers that load, frame and send nothing; a page brings a policy of its own. */
const NOTHING_ALLOWED = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
};

/** A server without routes, which bounds what a connection may take (G-32, G-34) and tells nothing of itself. */
export function createServer({ limits, trustedProxies, onFault }: ServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxRequestsPerSocket: limits.requestsPerSocket,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkingMs,
    },
    trustProxy: trustedProxies === 0 ? false : (_address, hop) => hop < trustedProxies,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    requestIdHeader: false,
    frameworkErrors: (error, _request, reply) => {
      // Addresses that are none meet no route and no hook, so helmet neither.
      reply.headers({ 'content-security-policy': "default-src 'none'", 'x-content-type-options': 'nosniff' });
      sendError(reply as FastifyReply, error, onFault);
    },
  });
  void app.register(helmet, { contentSecurityPolicy: NOTHING_ALLOWED, referrerPolicy: { policy: 'no-referrer' } });
  // Bodies are bytes to the server; what they mean is for those who read them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => sendError(reply, refusal('NOT_FOUND'), onFault));
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, onFault));
  return app;
}

/** Mounts a route. */
export function carry<Admission>(app: FastifyInstance, route: CarriedRoute<Admission>): void {
  const admissions = new WeakMap<FastifyRequest, Admission>();
  app.after(() => {
    app.route({
      method: [...route.methods],
      url: route.path,
      bodyLimit: route.bodyBytes,
      onRequest: async (request) => {
        const { method, ip: address } = request;
        admissions.set(request, await route.admit({ method, headers: headersOf(request), address }));
      },
      handler: async (request, reply) => {
        const admission = admissions.get(request) as Admission;
        return sendWebResponse(reply, await route.handle(toWebRequest(request, reply), admission));
      },
    });
  });
}

function sendError(reply: FastifyReply, error: unknown, onFault: (error: unknown) => void): FastifyReply {
  const code = codeOf(error);
  const response = errorResponse(code === null ? error : refusal(code));
  if (response.status === 500) onFault(error);
  return sendWebResponse(reply, response);
}

/** Fastify's own refusals. */
function codeOf(error: unknown): ClientCode | null {
  const { code, statusCode = 500 } = error as Partial<FastifyError>;
  if (typeof code !== 'string' || !code.startsWith('FST_')) return null;
  if (statusCode === 413) return 'BODY_TOO_LARGE';
  if (statusCode === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  if (statusCode === 404) return 'NOT_FOUND';
  return statusCode < 500 ? 'BAD_REQUEST' : null;
}
