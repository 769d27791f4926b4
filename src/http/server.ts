import helmet from '@fastify/helmet';
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { newId } from '../ids.ts';
import { traced } from '../spans.ts';
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
  /** Hears of each answer when its last byte has gone, or its connection. */
  readonly onAnswer: (answer: Answered) => void;
}

/** What may be told of a request to those who watch. */
export interface Answered {
  /** Made here; the answer says it too. */
  readonly request: string;
  readonly method: string;
  /** The pattern of the route, and never the path: paths hold ids and links. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  /** What kind of caller, where a route knows. */
  readonly kind: string | null;
  readonly address: string;
}

const NO_ROUTE = 'NONE';
const REQUEST_ID = 'x-request-id';

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
export function createServer({ limits, trustedProxies, onFault, onAnswer }: ServerOptions): FastifyInstance {
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
    genReqId: () => newId('http'),
    frameworkErrors: (error, _request, reply) => {
      // Addresses that are none meet no route and no hook, so helmet neither.
      reply.headers({ 'content-security-policy': "default-src 'none'", 'x-content-type-options': 'nosniff' });
      sendError(reply as FastifyReply, error, onFault);
    },
  });
  void app.register(helmet, { contentSecurityPolicy: NOTHING_ALLOWED, referrerPolicy: { policy: 'no-referrer' } });
  app.addHook('onRequest', async (request, reply) => void reply.header(REQUEST_ID, request.id));
  app.addHook('onResponse', async (request, reply) => {
    const { id, method, ip: address, routeOptions } = request;
    onAnswer({
      request: id,
      method: METHODS.has(method) ? method : 'OTHER',
      route: routeOptions.url ?? NO_ROUTE,
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
      kind: kinds.get(request) ?? null,
      address,
    });
  });
  // Bodies are bytes to the server; what they mean is for those who read them.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) => sendError(reply, refusal('NOT_FOUND'), onFault));
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, onFault));
  return app;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const kinds = new WeakMap<FastifyRequest, string>();

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
        await traced('http.admission', { method, route: route.path }, async ({ note }) => {
          const admission = await route.admit({ method, headers: headersOf(request), address });
          admissions.set(request, admission);
          const kind = route.kindOf?.(admission);
          if (kind === undefined) return;
          kinds.set(request, kind);
          note({ kind });
        });
      },
      handler: async (request, reply) => {
        const admission = admissions.get(request) as Admission;
        const { method } = request;
        const response = await traced('http.request', { method, route: route.path }, async ({ note }) => {
          const handled = await route.handle(toWebRequest(request, reply), admission);
          note({ status: handled.status });
          return handled;
        });
        return sendWebResponse(reply, response);
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
