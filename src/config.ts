import { join, resolve } from 'node:path';
import type { ActorKind } from './access/actor.ts';
import { fixedClock, systemClock, type Clock } from './clock.ts';
import { CarryallError } from './errors.ts';
import { recipientsOf, sealingFaults, type Sealing } from './bundle/seal/recipients.ts';
import type { KeyPlace } from './bundle/sign/signing-keys.ts';
import { parseStorage, type StoragePlace } from './bundle/storage/place.ts';
import { SHIPPED_POLICIES } from './policy/book.ts';

/** Everything that the surroundings decide. Secrets are not in it: keys lie in files of the data folder. */
export interface Config {
  /** A PostgreSQL of the operator's; undefined starts the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Where the embedded database, blobs and keys lie. */
  readonly dataFolder: string;
  readonly policyFolders: readonly string[];
  /** The keys that sign bundles. */
  readonly signing: KeyPlace;
  readonly clock: Clock;
  readonly host: string;
  readonly port: number;
  /** NODE_ENV, if set. */
  readonly environment: string | undefined;
  /** The address by which people know the gateway, such as https://data.example.org. */
  readonly publicOrigin: string | undefined;
  /** How many proxies in front say truly from which address a request comes; undefined where it is not told. */
  readonly trustedProxies: number | undefined;
  /** A manifest of documents that are known by their hash, and the kinds of callers who may send no others. */
  readonly persisted: { readonly manifest: string; readonly only: ReadonlySet<ActorKind> } | undefined;
  /** The file that says who may say who calls; without it, tokens that this machine signs. */
  readonly identityFile: string | undefined;
  /** Where the audit log's checkpoints lie: better on a disk that whoever runs the database cannot write. */
  readonly auditCheckpoints: string;
  /** Where stored bundles lie. */
  readonly storage: StoragePlace;
  /** For whom stored bundles are sealed; undefined leaves them in the clear. */
  readonly sealTo: Sealing | undefined;
}

/** Reads the configuration; the only reader of the environment. Throws BAD_INPUT with all faults at once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const faults: { path: string; reason: string }[] = [];
  const port = Number(env['PORT'] ?? '4000');
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    faults.push({ path: 'PORT', reason: 'wanted a port from 0 to 65535' });
  const now = env['CARRYALL_NOW'];
  if (now !== undefined && Number.isNaN(Date.parse(now)))
    faults.push({ path: 'CARRYALL_NOW', reason: 'wanted an instant such as 2026-11-22T00:00:00Z' });
  const origin = env['CARRYALL_PUBLIC_ORIGIN'] ?? '';
  if (origin !== '' && !/^https?:\/\/[^/?#@]+$/.test(origin))
    faults.push({ path: 'CARRYALL_PUBLIC_ORIGIN', reason: 'wanted an origin such as https://data.example.org' });
  const proxies = env['CARRYALL_TRUSTED_PROXIES'] ?? '';
  if (proxies !== '' && !/^\d$/.test(proxies))
    faults.push({ path: 'CARRYALL_TRUSTED_PROXIES', reason: 'wanted the number of proxies in front, from 0 to 9' });
  const only = (env['CARRYALL_PERSISTED_ONLY'] ?? '').split(',').filter((kind) => kind !== '');
  const kinds = only.filter(
    (kind): kind is 'SUBJECT' | 'INTERNAL_APP' => kind === 'SUBJECT' || kind === 'INTERNAL_APP',
  );
  const manifest = env['CARRYALL_PERSISTED_DOCUMENTS'] ?? '';
  if (kinds.length < only.length || (only.length > 0 && manifest === ''))
    faults.push({
      path: 'CARRYALL_PERSISTED_ONLY',
      reason: 'wanted SUBJECT, INTERNAL_APP or both, and a manifest in CARRYALL_PERSISTED_DOCUMENTS',
    });
  const url = env['DATABASE_URL'];
  if (url !== undefined && url !== '' && !/^postgres(?:ql)?:/.test(url))
    faults.push({ path: 'DATABASE_URL', reason: 'wanted postgresql://…' });
  const kid = env['CARRYALL_SIGNING_KID'];
  if (kid !== undefined && kid !== '' && !/^[\w-]{43}$/.test(kid))
    faults.push({
      path: 'CARRYALL_SIGNING_KID',
      reason: 'wanted the thumbprint of a key (RFC 7638), of 43 characters',
    });
  const dataFolder = resolve(env['CARRYALL_DATA'] ?? '.data');
  const stored = env['CARRYALL_STORAGE'] ?? '';
  const storage = parseStorage(stored === '' ? join(dataFolder, 'bundles') : stored);
  for (const { path, reason } of storage.faults ?? [])
    faults.push({ path: path === '' ? 'CARRYALL_STORAGE' : `CARRYALL_STORAGE ${path}`, reason });
  const sealTo = recipientsOf(env['CARRYALL_SEAL_TO']);
  if (sealTo !== undefined) faults.push(...sealingFaults(sealTo, 'CARRYALL_SEAL_TO'));
  if (faults.length > 0 || storage.place === undefined)
    throw new CarryallError('BAD_INPUT', 'The environment is not usable.', { faults });
  const identity = env['CARRYALL_IDENTITY'] ?? '';
  const checkpoints = env['CARRYALL_AUDIT_CHECKPOINTS'] ?? '';
  const extra = (env['CARRYALL_POLICIES'] ?? '').split(':').filter((folder) => folder !== '');
  const keys = env['CARRYALL_SIGNING_KEYS'];
  const activeKid = kid === '' ? undefined : kid;
  return {
    databaseUrl: url === '' ? undefined : url,
    dataFolder,
    signing:
      keys === undefined || keys === ''
        ? { ...ownKeys(dataFolder), activeKid }
        : { path: resolve(keys), owner: 'OPERATOR', activeKid },
    policyFolders: [SHIPPED_POLICIES, ...extra.map((folder) => resolve(folder))],
    clock: now === undefined ? systemClock : fixedClock(now),
    host: env['HOST'] ?? '127.0.0.1',
    port,
    environment: env['NODE_ENV'],
    publicOrigin: origin === '' ? undefined : origin,
    trustedProxies: proxies === '' ? undefined : Number(proxies),
    persisted: manifest === '' ? undefined : { manifest: resolve(manifest), only: new Set(kinds) },
    identityFile: identity === '' ? undefined : resolve(identity),
    storage: storage.place,
    sealTo,
    auditCheckpoints: checkpoints === '' ? join(dataFolder, 'audit-checkpoints') : resolve(checkpoints),
  };
}

/** The folder of the embedded database. */
export function databaseFolder(config: Config): string {
  return join(config.dataFolder, 'postgres');
}

/** The folder of stored files. */
export function blobFolder(config: Config): string {
  return join(config.dataFolder, 'blobs');
}

/** The folder of scratch files. */
export function workFolder(config: Config): string {
  return join(config.dataFolder, 'work');
}

/** Carryall's own signing keys, below a data folder. */
export function ownKeys(dataFolder: string): KeyPlace {
  return { path: join(dataFolder, 'signing'), owner: 'CARRYALL', activeKid: undefined };
}
