import { CarryallError, type Fault } from '../errors.ts';
import type { GraphiqlFor } from './routes/graphiql.ts';

/** What decides whether a gateway may be started where others reach it. */
export interface Exposure {
  /** Where it listens. */
  readonly host: string;
  /** NODE_ENV, if set. */
  readonly environment: string | undefined;
  /** The version of Node, such as 24.1.0. */
  readonly node: string;
  /** The address by which people know it, if it is told; http or https. */
  readonly publicOrigin: string | undefined;
  /** How many proxies stand in front; undefined where it is not told. */
  readonly trustedProxies: number | undefined;
  readonly graphiql: GraphiqlFor;
  /** Whether tokens are good that this machine signs by itself, for development. */
  readonly developmentTokens: boolean;
  /** Where metrics may be read, and whether the operator means others to reach it. */
  readonly metrics?: { readonly host: string; readonly isExposed: boolean } | undefined;
  /** Which addresses webhooks may reach. */
  readonly outgoing?: { readonly reach: 'WORLD' | 'WORLD_AND_LOOPBACK' } | undefined;
  /** The secrets in use, with the name of the setting and their length. */
  readonly secrets: readonly { readonly setting: string; readonly bytes: number }[];
  /** Whom the operator wants to let in from other sites. */
  readonly corsOrigins: readonly string[];
}

const LEAST_NODE = [22, 18] as const;
const SHORTEST_SECRET_BYTES = 32;

/** Refuses to start on a configuration that is not safe (G-60). Throws UNSAFE_CONFIGURATION with all reasons at once. */
export function assertSafe(exposure: Exposure): void {
  const faults = [...everywhere(exposure), ...(isPublic(exposure) ? inPublic(exposure) : [])];
  if (faults.length === 0) return;
  throw new CarryallError('UNSAFE_CONFIGURATION', 'The gateway does not start on a configuration that is not safe.', {
    faults,
  });
}

function* everywhere({ node, secrets, corsOrigins, metrics }: Exposure): Generator<Fault> {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    yield { path: 'node', reason: `Node ${node} is older than ${LEAST_NODE.join('.')}, and gets no repairs` };
  for (const { setting, bytes } of secrets)
    if (bytes < SHORTEST_SECRET_BYTES)
      yield { path: setting, reason: `has ${bytes} bytes, and fewer than ${SHORTEST_SECRET_BYTES} can be guessed` };
  for (const origin of corsOrigins)
    if (origin.includes('*') || origin === 'null')
      yield { path: 'CORS', reason: `"${origin}" lets every site read what its visitors may` };
  if (metrics !== undefined && !metrics.isExposed && !isLoopback(metrics.host))
    yield {
      path: 'CARRYALL_METRICS',
      reason: `${metrics.host} is reached by others, who need no name there: listen on 127.0.0.1, or say CARRYALL_METRICS_EXPOSED=yes`,
    };
}

function* inPublic(exposure: Exposure): Generator<Fault> {
  const { environment, graphiql, developmentTokens, publicOrigin, trustedProxies, outgoing } = exposure;
  if (environment === 'development' || environment === 'test')
    yield { path: 'NODE_ENV', reason: `"${environment}" is for the own machine: unset it, or say production` };
  if (developmentTokens)
    yield {
      path: 'tokens',
      reason: 'are signed by this machine itself, for development: configure an issuer, or listen on 127.0.0.1',
    };
  if (outgoing?.reach === 'WORLD_AND_LOOPBACK')
    yield { path: 'CARRYALL_OUTGOING_LOOPBACK', reason: 'lets webhooks reach what listens on this machine: unset it' };
  if (graphiql === 'EVERYBODY')
    yield { path: '--graphiql', reason: 'would be open to everybody: say staff, or listen on 127.0.0.1' };
  if (publicOrigin === undefined)
    yield {
      path: 'CARRYALL_PUBLIC_ORIGIN',
      reason: 'is not told: say by which https address people reach the gateway',
    };
  else if (!publicOrigin.startsWith('https://'))
    yield {
      path: 'CARRYALL_PUBLIC_ORIGIN',
      reason: 'is not https: what people are told would pass every network in the clear',
    };
  if (trustedProxies === undefined)
    yield {
      path: 'CARRYALL_TRUSTED_PROXIES',
      reason: 'is not told: say how many proxies are in front, 0 for none, so that the address of a client is known',
    };
}

/** Whether others than this machine reach it: by where it listens, or through a proxy that its origin speaks of. */
function isPublic({ host, publicOrigin }: Exposure): boolean {
  return !isLoopback(host) || (publicOrigin !== undefined && !isLoopback(URL.parse(publicOrigin)?.hostname ?? ''));
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
