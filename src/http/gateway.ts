import { createYoga } from 'graphql-yoga';
import type pg from 'pg';
import type { BundleSources } from '../bundle/build.ts';
import { jwksOf } from '../bundle/sign/jwks.ts';
import type { SigningKeys } from '../bundle/sign/signing-keys.ts';
import type { Clock } from '../clock.ts';
import { CarryallError, isCarryallError } from '../errors.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { GatewayContext } from '../graphql/context.ts';
import { RequestLoaders } from '../graphql/loaders.ts';
import { PrivacyLog } from '../graphql/privacy-log.ts';
import { schema } from '../graphql/schema.ts';
import type { PolicyBook } from '../policy/book.ts';
import { authenticate, type Caller } from './authenticate.ts';
import { isFault, toClientError } from './errors.ts';
import { graphiqlPage } from './graphiql.ts';
import { listen, type Listening } from './listen.ts';
import { useIntrospectionGuard, useNoSuggestions, usePrivacyReport, useTokenLimit } from './plugins.ts';
import type { TokenKey } from './token.ts';

export interface GatewayOptions {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  readonly book: PolicyBook;
  readonly key: TokenKey;
  readonly clock: Clock;
  readonly bundles: Pick<BundleSources, 'blobs' | 'workFolder' | 'signing'>;
  /**
   * Serve GraphiQL at /graphiql and let everyone see the schema.
   * @default false
   */
  readonly graphiql?: boolean;
  /** Hears of faults that clients are told nothing of. */
  readonly onFault?: (error: unknown) => void;
}

export interface Gateway {
  fetch(request: Request): Promise<Response>;
  listen(address: { readonly port: number; readonly host?: string }): Promise<Listening>;
}

interface ServerContext {
  readonly caller: Caller;
  readonly now: Date;
}

const LARGEST_BODY_BYTES = 100_000;

/** The gateway as a web handler: authenticate, then GraphQL. */
export function createGateway(options: GatewayOptions): Gateway {
  const { pool, prisma, bundles, graphiql = false, onFault = () => {} } = options;
  const yoga = createYoga<ServerContext, GatewayContext>({
    schema,
    // Answers of the platform's own kind, which streams of the platform can read.
    fetchAPI: { Request, Response, Headers, ReadableStream },
    graphqlEndpoint: '/graphql',
    logging: false,
    graphiql: false,
    landingPage: false,
    batching: false,
    cors: false,
    multipart: false,
    maxRequestBodySize: LARGEST_BODY_BYTES,
    maskedErrors: {
      isDev: false,
      maskError: (error) => {
        if (isFault(error)) onFault(error);
        return toClientError(error);
      },
    },
    context: ({ request, caller, now }): GatewayContext => ({
      ...caller,
      prisma,
      pool,
      bundles: { blobs: bundles.blobs, workFolder: bundles.workFolder, signing: bundles.signing },
      now,
      purpose: declared(request, 'x-carryall-purpose', 100),
      reason: declared(request, 'x-carryall-reason', 500),
      grants: [],
      privacy: new PrivacyLog(),
      decisions: new Map(),
      loaders: new RequestLoaders(pool, now),
    }),
    plugins: [useTokenLimit(), useNoSuggestions(), useIntrospectionGuard(graphiql), usePrivacyReport()],
  });

  const handle = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/healthz':
        return new Response('ok\n', { headers: { 'content-type': 'text/plain' } });
      case '/.well-known/jwks.json':
        return request.method === 'GET' && bundles.signing !== undefined ? publicKeys(bundles.signing) : notFound();
      case '/graphiql':
        return graphiql && request.method === 'GET' ? graphiqlPage() : notFound();
      case '/graphql': {
        const now = options.clock.now();
        const caller = await authenticate(options, request.headers, now);
        const response = await yoga.fetch(request, { caller, now });
        response.headers.set('cache-control', 'no-store');
        return response;
      }
      default:
        return notFound();
    }
  };

  const fetch = async (request: Request): Promise<Response> => {
    try {
      return await handle(request);
    } catch (error) {
      if (isCarryallError(error, 'UNAUTHENTICATED')) return refusal(401, error, { 'www-authenticate': 'Bearer' });
      onFault(error);
      return refusal(500, error);
    }
  };

  return { fetch, listen: (address) => listen(fetch, address) };
}

function declared(request: Request, header: string, longest: number): string | null {
  const text = request.headers.get(header)?.trim() ?? '';
  if (text.length > longest)
    throw new CarryallError('BAD_INPUT', `The header ${header} has at most ${longest} characters.`);
  return text === '' ? null : text;
}

function refusal(status: number, error: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const { message, extensions } = toClientError(error);
  return Response.json(
    { errors: [{ message, extensions }] },
    { status, headers: { 'cache-control': 'no-store', ...headers } },
  );
}

/** The keys by which anybody checks a bundle. A new one is used only from its rotation on, so a cache may be minutes behind. */
async function publicKeys(signing: SigningKeys): Promise<Response> {
  return new Response(JSON.stringify(jwksOf(await signing.published())), {
    headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300' },
  });
}

function notFound(): Response {
  return new Response('Not found\n', { status: 404, headers: { 'content-type': 'text/plain' } });
}
