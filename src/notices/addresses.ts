import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { CarryallError } from '../errors.ts';

/** Which addresses may be dialled: those of the world, or also this machine's own, for development. */
export type Reach = 'WORLD' | 'WORLD_AND_LOOPBACK';

/** Finds all addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

/** What the system says of a name. */
export const resolveBySystem: Resolve = (name) =>
  new Promise((resolve, reject) =>
    systemLookup(name, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error))),
  );

/** In IPv6 only this part is given out to the world (RFC 4291, 2.4). */
const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3');

/** Whether an address is one of the world's: no private, shared, local, translated, multicast or reserved one. */
export function isReachable(address: string, reach: Reach): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 address in the clothes of IPv6 is judged as what is dialled.
  const parsed = ipaddr.process(address);
  const range = parsed.range();
  if (range === 'loopback') return reach === 'WORLD_AND_LOOPBACK';
  return range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(GLOBAL_V6));
}

/** The address in a host of a URL; null for a name. */
export function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : null;
}

/** The addresses of a host, all of which may be dialled. Throws BAD_INPUT where one may not, or there is none. */
export async function reachableAddresses(
  hostname: string,
  reach: Reach,
  resolve: Resolve,
): Promise<readonly LookupAddress[]> {
  const literal = literalOf(hostname);
  if (literal !== null) {
    assertAll([literal], reach);
    return [{ address: literal, family: literal.includes(':') ? 6 : 4 }];
  }
  const found = await resolve(hostname).catch((cause: unknown) => {
    throw new CarryallError('BAD_INPUT', 'The host of this address is not known: check how it is written.', { cause });
  });
  assertAll(
    found.map(({ address }) => address),
    reach,
  );
  return found;
}

// One bad address among good ones is enough: which of them is dialled is not ours to say.
function assertAll(addresses: readonly string[], reach: Reach): void {
  if (addresses.length > 0 && addresses.every((address) => isReachable(address, reach))) return;
  throw new CarryallError(
    'BAD_INPUT',
    'This address leads into an inner network, where Carryall sends nothing. Give one that the whole world can reach.',
  );
}

/** The look-up of a socket: it dials what was checked in the same breath, so that a name cannot change in between. */
export function guardedLookup(reach: Reach, resolve: Resolve): LookupFunction {
  return (hostname, { all }, callback) => {
    reachableAddresses(hostname, reach, resolve).then(
      (found) => {
        const [first] = found;
        if (all === true) callback(null, [...found]);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, all === true ? [] : ''),
    );
  };
}
