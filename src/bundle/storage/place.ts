import type { Fault } from '../../errors.ts';

/** How S3 is asked to encrypt what it stores; undefined leaves it to the bucket. */
export type Encryption =
  | { readonly algorithm: 'AES256' }
  /** Without a key, the account's own. */
  | { readonly algorithm: 'aws:kms'; readonly keyId?: string };

/** A folder, or a part of a bucket. */
export type StoragePlace =
  | { readonly kind: 'DISK'; readonly folder: string }
  | {
      readonly kind: 'S3';
      readonly bucket: string;
      /** Without slashes at its ends; empty for the whole bucket. */
      readonly prefix: string;
      readonly region: string;
      /** Undefined: Amazon's, by region. */
      readonly endpoint?: string;
      /** The bucket in the path, not in the host. */
      readonly forcePathStyle: boolean;
      readonly encryption?: Encryption;
      /** People do not reach it: bundles go through the gateway, and not by links that lead there. */
      readonly isInside?: true;
    };

export type S3Place = Extract<StoragePlace, { kind: 'S3' }>;

/** Either a place, or everything that is wrong with the text. */
export type ParsedStorage =
  | { readonly place: StoragePlace; readonly faults?: never }
  | { readonly place?: never; readonly faults: readonly Fault[] };

const BUCKET = /^(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*$/;
const REGION = /^[a-z0-9-]{1,64}$/;
const KMS_KEY = /^[A-Za-z0-9:/_-]{1,2048}$/;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
const PARAMETERS = ['region', 'endpoint', 'pathStyle', 'sse', 'kmsKey', 'links'] as const;

/**
 * Reads `s3://bucket/prefix?region=eu-central-1` (and `endpoint`, `pathStyle`, `sse`, `kmsKey`, `links`), or the path of a folder.
 * No fault repeats the text, which may hold what should not have been written there.
 */
export function parseStorage(text: string): ParsedStorage {
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text) ?? [];
  if (scheme === 's3') return parseS3(rest);
  if (scheme !== undefined) return { faults: [{ path: '', reason: 'wanted s3://… or the path of a folder' }] };
  if (text.trim() === '' || text.includes('\0'))
    return { faults: [{ path: '', reason: 'wanted the path of a folder' }] };
  return { place: { kind: 'DISK', folder: text } };
}

function parseS3(rest: string): ParsedStorage {
  const faults: Fault[] = [];
  const fault = (path: string, reason: string) => void faults.push({ path, reason });
  const [where = '', query = ''] = splitAt(rest, '?');
  const [bucket = '', path = ''] = splitAt(where, '/');
  const prefix = path.replace(/\/$/, '');
  if (bucket.includes('@')) fault('bucket', 'no credentials here: the AWS SDK finds them (environment, profile, role)');
  else if (!BUCKET.test(bucket)) fault('bucket', 'wanted 3 to 63 lower-case letters, digits, dots and hyphens');
  if (prefix !== '' && (prefix.length > 512 || !PREFIX.test(prefix)))
    fault('prefix', 'wanted letters, digits, . _ and -, in parts divided by single slashes');

  const given = new URLSearchParams(query);
  const known = new Set<string>(PARAMETERS);
  for (const name of new Set(given.keys())) {
    if (!known.has(name)) fault('parameter', `an unknown one is there; known are ${PARAMETERS.join(', ')}`);
    else if (given.getAll(name).length > 1) fault(name, 'is there more than once');
  }
  const value = (name: (typeof PARAMETERS)[number]) => given.get(name) ?? undefined;

  const region = value('region');
  if (region === undefined || !REGION.test(region)) fault('region', 'wanted a region such as eu-central-1');
  const endpoint = value('endpoint');
  if (endpoint !== undefined) {
    const reason = faultOfEndpoint(endpoint);
    if (reason !== null) fault('endpoint', reason);
  }
  const pathStyle = value('pathStyle');
  if (pathStyle !== undefined && pathStyle !== 'true' && pathStyle !== 'false')
    fault('pathStyle', 'wanted true or false');
  const links = value('links');
  if (links !== undefined && links !== 'true' && links !== 'false') fault('links', 'wanted true or false');
  const sse = value('sse');
  if (sse !== undefined && sse !== 'AES256' && sse !== 'aws:kms') fault('sse', 'wanted AES256 or aws:kms');
  const keyId = value('kmsKey');
  if (keyId !== undefined && sse !== 'aws:kms') fault('kmsKey', 'goes with sse=aws:kms only');
  if (keyId !== undefined && !KMS_KEY.test(keyId)) fault('kmsKey', 'wanted the id, alias or ARN of a key');

  if (faults.length > 0 || region === undefined) return { faults };
  return {
    place: {
      kind: 'S3',
      bucket,
      prefix,
      region,
      ...(endpoint === undefined ? {} : { endpoint: new URL(endpoint).origin }),
      // Servers of one's own seldom have a host name per bucket.
      forcePathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === 'true',
      ...(links === 'false' ? { isInside: true } : {}),
      ...(sse === 'AES256' ? { encryption: { algorithm: sse } } : {}),
      ...(sse === 'aws:kms' ? { encryption: { algorithm: sse, ...(keyId === undefined ? {} : { keyId }) } } : {}),
    },
  };
}

function faultOfEndpoint(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return 'wanted https://host[:port]';
  if (url.username !== '' || url.password !== '') return 'no credentials here';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return 'wanted https://host[:port] and nothing after';
  // Bundles are personal data, and HTTP shows them to everyone on the way.
  if (url.protocol === 'http:' && !LOOPBACK.has(url.hostname)) return 'wanted https; http only to this machine';
  return null;
}

function splitAt(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
