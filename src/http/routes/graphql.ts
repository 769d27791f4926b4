import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../clock.ts';
import { isCarryallError } from '../../errors.ts';
import type { Authenticate, Caller } from '../authenticate.ts';
import type { DoorContext } from '../plugins.ts';
import type { RateLimiter } from '../rate-limit.ts';
import { errorResponse, refusal } from '../errors.ts';
import { acceptedAnswers, assertGraphqlHeaders, wantsStream } from '../request-rules.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { whileKnown } from '../while-known.ts';
import type { Execute } from '../within-time.ts';
import type { CarriedRoute } from './route.ts';

export interface GraphqlOptions {
  readonly authenticate: Authenticate;
  readonly limiter: RateLimiter;
  readonly execute: Execute;
  readonly clock: Clock;
  readonly bodyBytes: number;
  readonly stillKnownMs: number;
}

/** /graphql: who calls, then how often, then in which form; and only then what. */
export function graphqlRoute(options: GraphqlOptions): CarriedRoute<DoorContext> {
  const { authenticate, limiter, execute, clock, bodyBytes, stillKnownMs } = options;
  const isStill = async (headers: Headers, { actor }: Caller): Promise<boolean> =>
    isDeepStrictEqual((await authenticate(headers)).actor, actor);
  return {
    methods: ['GET', 'POST'],
    path: '/graphql',
    bodyBytes,
    admit: async ({ method, headers, address }) => {
      await limiter.assertAddress(address);
      const now = clock.now();
      const caller = await authenticate(headers).catch(async (error: unknown) => {
        if (isCarryallError(error, 'UNAUTHENTICATED')) await limiter.stranger(address);
        throw error;
      });
      await limiter.request(caller.actor);
      assertGraphqlHeaders(method, headers);
      return { caller, now, stream: wantsStream(method, headers) ? { isMisused: false } : null };
    },
    kindOf: ({ caller }) => caller.actor.kind,
    handle: async (request, context) => {
      const executed = await execute(forGraphql(request), context);
      const response = context.stream?.isMisused === true ? errorResponse(refusal('NOT_ACCEPTABLE')) : executed;
      response.headers.set('cache-control', 'no-store');
      if (context.stream === null) return response;
      return whileKnown(response, () => isStill(request.headers, context.caller), stillKnownMs);
    },
  };
}

/** The request as GraphQL sees it: one document, from the body where there is one (G-47), and an answer in JSON (G-57) or a stream. */
function forGraphql(request: ReceivedRequest): ReceivedRequest {
  const { method } = request;
  const url = new URL(request.url);
  if (method === 'POST') url.search = '';
  const headers = new Headers(request.headers);
  if (!wantsStream(method, headers)) headers.set('accept', acceptedAnswers(headers));
  return request.with({ url: url.href, headers });
}
