import type { FastifyInstance } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type pg from 'pg';
import type { Auditor } from '../audit/auditor.ts';
import type { BundleSources } from '../bundle/build.ts';
import type { Clock } from '../clock.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Transmissions } from '../delivery/transmission/open.ts';
import { schema as gatewaySchema } from '../graphql/schema.ts';
import { count, observe } from '../metrics.ts';
import type { EndpointDesk } from '../notices/endpoints.ts';
import type { RequestDesk } from '../requests/write.ts';
import { cancellationOf } from '../store/cancellation.ts';
import type { TenantClients } from '../store/tenant-clients.ts';
import type { Authenticate } from './authenticate.ts';
import { createExecute } from './execute.ts';
import { inject } from './inject.ts';
import { intakeRoute, type IntakeOptions } from './intake/intake.ts';
import { DOOR_LIMITS, STATEMENT_GRACE_MS, type DoorLimits } from './limits.ts';
import { listen, type ListenAddress, type Listening } from './listen.ts';
import { NO_PERSISTED_DOCUMENTS, type PersistedDocuments } from './persisted.ts';
import { createRateLimiter, RATE_LIMITS, type RateLimits } from './rate-limit.ts';
import { downloadRoute } from './routes/download.ts';
import { graphiqlRoutes, type GraphiqlFor } from './routes/graphiql.ts';
import { graphqlRoute } from './routes/graphql.ts';
import { healthRoute } from './routes/health.ts';
import { intakeBundleRoutes } from './routes/intake-bundle.ts';
import { intakeProcessingRoutes } from './routes/intake-processing.ts';
import { jwksRoute } from './routes/jwks.ts';
import type { Route } from './routes/route.ts';
import { carry, createServer, type Answered } from './server.ts';
import { withinTime } from './within-time.ts';

export interface GatewayOptions {
  readonly pool: pg.Pool;
  readonly clients: TenantClients;
  readonly authenticate: Authenticate;
  readonly audit: Auditor;
  readonly requests: RequestDesk;
  readonly clock: Clock;
  readonly bundles: Pick<BundleSources, 'blobs' | 'workFolder' | 'signing'>;
  /** How bundles are downloaded; without it they are not. Its opener disposes it. */
  readonly delivery?: Delivery;
  /** How bundles go to other controllers and come from them; without it they do not. Its opener disposes it. */
  readonly transmissions?: Transmissions;
  /** How people who cannot sign in ask; without it they cannot. */
  readonly intake?: IntakeOptions;
  /** What endpoints of webhooks are kept with; without it there are none. */
  readonly endpoints?: EndpointDesk;
  /** @default 'NOBODY' */
  readonly graphiql?: GraphiqlFor;
  /** The path at which browsers sign in, and from which they return to `returnTo`; absent where nobody signs in. */
  readonly signIn?: (returnTo: string) => string;
  /** Routes beside the door's own. */
  readonly routes?: readonly Route[];
  /** @default none, and everybody may send their own */
  readonly persisted?: PersistedDocuments;
  readonly limits?: Partial<DoorLimits>;
  readonly rateLimits?: Partial<RateLimits>;
  /** @default 0: the address of the socket counts, whatever a header says */
  readonly trustedProxies?: number;
  /** @default the gateway's */
  readonly schema?: GraphQLSchema;
  /** Hears of faults that clients are told nothing of. */
  readonly onFault?: (error: unknown) => void;
  /** Hears of each answer, without what was asked. */
  readonly onAnswer?: (answer: Answered) => void;
}

export interface Gateway {
  /** Asks the gateway without a socket. */
  fetch(request: Request): Promise<Response>;
  listen(address: ListenAddress): Promise<Listening>;
}

const SWEEP_MS = 300_000;

/** The door: a list of routes, each of which says whom it admits before it reads. */
export function createGateway(options: GatewayOptions): Gateway {
  const { pool, authenticate, clock, bundles, graphiql = 'NOBODY', trustedProxies = 0, onFault = () => {} } = options;
  const limits: DoorLimits = { ...DOOR_LIMITS, ...options.limits };
  const { bodyBytes, operationMs, stillKnownMs } = limits;
  const limiter = createRateLimiter(pool, { ...RATE_LIMITS, ...options.rateLimits });
  const { schema = gatewaySchema, persisted = NO_PERSISTED_DOCUMENTS, delivery } = options;
  const cancellation = cancellationOf(pool, operationMs + STATEMENT_GRACE_MS);
  const execute = withinTime(
    createExecute({
      ...options,
      delivery: delivery?.desk ?? null,
      transmissions: options.transmissions?.send ?? null,
      endpoints: options.endpoints ?? null,
      schema,
      persisted,
      limiter,
      bodyBytes,
      onFault,
    }),
    cancellation,
    operationMs,
  );
  // In the same bounds as what follows: a connection that goes from one to the other would have to be told each time.
  const bounded = <T>(work: () => Promise<T>): Promise<T> => cancellation.run(new AbortController().signal, work);
  const routes: readonly (Route | null)[] = [
    healthRoute,
    bundles.signing === undefined ? null : jwksRoute(bundles.signing),
    ...graphiqlRoutes({ whom: graphiql, authenticate, signIn: options.signIn }),
    ...(options.routes ?? []),
  ];
  const answered = (answer: Answered): void => {
    const { method, route, status, milliseconds } = answer;
    count('carryall_http_requests_total', { method, route, status: String(status) });
    observe('carryall_http_request_seconds', { route }, milliseconds / 1000);
    options.onAnswer?.(answer);
  };
  const open = (): FastifyInstance => {
    const app = createServer({ limits, trustedProxies, onFault, onAnswer: answered });
    carry(
      app,
      graphqlRoute({
        authenticate: (headers) => bounded(() => authenticate(headers)),
        limiter: { ...limiter, request: (actor) => bounded(() => limiter.request(actor)) },
        execute,
        clock,
        bodyBytes,
        stillKnownMs,
      }),
    );
    if (delivery !== undefined) carry(app, downloadRoute({ ...options, delivery, limiter }));
    const receive = options.transmissions?.receive ?? null;
    if (receive !== null) {
      for (const route of intakeBundleRoutes({ desk: receive, limiter })) carry(app, route);
      for (const route of intakeProcessingRoutes({ desk: receive, limiter })) carry(app, route);
    }
    if (options.intake !== undefined) carry(app, intakeRoute({ ...options.intake, limiter }));
    for (const route of routes) {
      if (route === null) continue;
      const { method, path, handle, counted = 'COUNTED' } = route;
      carry(app, {
        methods: [method],
        path,
        bodyBytes,
        handle,
        admit: async ({ address }) => (counted === 'FREE' ? undefined : limiter.stranger(address)),
      });
    }
    return app;
  };
  let own: FastifyInstance | undefined;
  return {
    fetch: (request) => inject((own ??= open()), request),
    listen: async (address) => {
      const listening = await listen(open(), address, limits.closingMs);
      const sweeping = setInterval(() => void limiter.sweep().catch(onFault), SWEEP_MS).unref();
      return {
        url: listening.url,
        [Symbol.asyncDispose]: async () => {
          clearInterval(sweeping);
          await listening[Symbol.asyncDispose]();
        },
      };
    },
  };
}
