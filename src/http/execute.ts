import { initContextCache } from '@pothos/core';
import type { GraphQLSchema } from 'graphql';
import { createYoga, useExecutionCancellation } from 'graphql-yoga';
import type pg from 'pg';
import type { Declaration } from '../access/declaration.ts';
import { reasonOf, ticketOf } from '../access/reason.ts';
import type { Auditor } from '../audit/auditor.ts';
import type { BundleSources } from '../bundle/build.ts';
import type { DeliveryDesk } from '../delivery/desk.ts';
import { CarryallError } from '../errors.ts';
import type { EndpointDesk } from '../notices/endpoints.ts';
import type { GatewayContext } from '../graphql/context.ts';
import { decisionsFor } from '../graphql/decisions.ts';
import { RequestLoaders } from '../graphql/loaders.ts';
import { PrivacyLog } from '../graphql/privacy-log.ts';
import { NO_INSTRUCTIONS } from '../mandates/standing.ts';
import type { RequestDesk } from '../requests/write.ts';
import { openPacketReader } from '../store/packet-reader.ts';
import type { TenantClients } from '../store/tenant-clients.ts';
import { createDocumentCache, NO_CACHE } from './document-cache.ts';
import { isFault, toClientError } from './errors.ts';
import type { Principal } from './identity/principal.ts';
import type { PersistedDocuments } from './persisted.ts';
import { tracedOperation, useOperationCounts } from './operation-counts.ts';
import * as plugins from './plugins.ts';
import type { RateLimiter } from './rate-limit.ts';
import { TextResponse } from './text-response.ts';
import type { Execute } from './within-time.ts';

export interface ExecuteOptions {
  readonly schema: GraphQLSchema;
  readonly pool: pg.Pool;
  readonly clients: TenantClients;
  readonly audit: Auditor;
  readonly requests: RequestDesk;
  readonly bundles: Pick<BundleSources, 'blobs' | 'workFolder' | 'signing'>;
  readonly delivery: DeliveryDesk | null;
  readonly transmissions: GatewayContext['transmissions'];
  readonly endpoints: EndpointDesk | null;
  readonly persisted: PersistedDocuments;
  readonly limiter: RateLimiter;
  readonly bodyBytes: number;
  readonly onFault: (error: unknown) => void;
}

/** GraphQL over HTTP, for callers who are known already. */
export function createExecute(options: ExecuteOptions): Execute {
  const {
    schema,
    pool,
    clients,
    audit,
    requests,
    bundles,
    delivery,
    transmissions,
    endpoints,
    persisted,
    limiter,
    bodyBytes,
    onFault,
  } = options;
  const yoga = createYoga<plugins.DoorContext, GatewayContext>({
    schema,
    // Answers of the platform's own kind, which streams of the platform can read.
    fetchAPI: { Request, Response: TextResponse, Headers, ReadableStream },
    graphqlEndpoint: '/graphql',
    logging: false,
    graphiql: false,
    landingPage: false,
    batching: false,
    cors: false,
    multipart: false,
    maxRequestBodySize: bodyBytes,
    extraParamNames: ['documentId'],
    parserAndValidationCache: { documentCache: createDocumentCache(), errorCache: NO_CACHE },
    maskedErrors: {
      isDev: false,
      maskError: (error) => {
        if (isFault(error)) onFault(error);
        return toClientError(error);
      },
    },
    context: ({ request, caller: { principal, ...caller }, now }): GatewayContext => {
      const onlooker = {
        ...caller,
        authenticatedAt: principal.authenticatedAt,
        ...declarationIn(request, principal),
        now,
        grants: [],
        instructions: NO_INSTRUCTIONS,
      };
      return {
        // A request is narrowed for each person by copies of it, which share what Pothos remembers.
        ...initContextCache(),
        ...onlooker,
        prisma: clients.of(caller.tenant.tenantId),
        pool,
        bundles: { blobs: bundles.blobs, workFolder: bundles.workFolder, signing: bundles.signing },
        delivery,
        transmissions,
        endpoints,
        audit,
        requests,
        privacy: new PrivacyLog(),
        decisions: decisionsFor(onlooker),
        loaders: new RequestLoaders(openPacketReader(pool, caller.tenant.tenantId), now),
      };
    },
    plugins: [
      plugins.usePersistedDocuments(persisted),
      plugins.useDocumentLimits(),
      plugins.useNoSuggestions(),
      plugins.useIntrospectionGuard(),
      plugins.useStreams(),
      plugins.useComplexity(limiter),
      useExecutionCancellation(),
      plugins.usePlans(),
      plugins.useLookRecords(),
      plugins.usePrivacyReport(),
      plugins.useClientErrors(),
      useOperationCounts(),
    ],
  });
  return (request, context) => tracedOperation(request, async () => yoga.fetch(request, context));
}

/** What the caller says of the request. Throws BAD_INPUT for what is too long, and for a ticket that is none. */
function declarationIn(request: Request, principal: Principal): Declaration {
  const reason = reasonOf(declared(request, 'x-carryall-reason', 500) ?? '');
  return {
    purpose: declared(request, 'x-carryall-purpose', 100),
    reason,
    ticket: ticketOf(declared(request, 'x-carryall-ticket', 100), reason),
    keyPurposes: principal.via === 'API_KEY' ? principal.purposes : null,
  };
}

function declared(request: Request, header: string, longest: number): string | null {
  const text = inUtf8(request.headers.get(header) ?? '').trim();
  if (text.length > longest)
    throw new CarryallError('BAD_INPUT', `The header ${header} has at most ${longest} characters.`);
  return text === '' ? null : text;
}

/** Headers are read as Latin-1, and who writes more than that writes UTF-8. */
function inUtf8(header: string): string {
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\u{fffd}') ? header : text;
}
