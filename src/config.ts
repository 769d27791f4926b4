import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ActorKind } from './access/actor.ts';
import { fixedClock, systemClock, type Clock } from './clock.ts';
import { isLogLevel, LOG_LEVELS, type Environment, type LogLevel } from './environment.ts';
import { CarryallError } from './errors.ts';
import { recipientsOf, sealingFaults, type Sealing } from './bundle/seal/recipients.ts';
import type { KeyPlace } from './bundle/sign/signing-keys.ts';
import { parseStorage, type StoragePlace } from './bundle/storage/place.ts';
import { readNoticeSettings, type NoticeSettings } from './notices/settings.ts';
import { SHIPPED_POLICIES } from './policy/book.ts';
import { REQUEST_LIMITS } from './requests/limits.ts';

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
  /** A manifest of documents that are known by their hash beside the portal's, and the kinds of callers who may send no others. */
  readonly persisted: { readonly manifest: string | undefined; readonly only: ReadonlySet<ActorKind> };
  /** The file that says who may say who calls; without it, tokens that this machine signs. */
  readonly identityFile: string | undefined;
  /** Where the audit log's checkpoints lie: better on a disk that whoever runs the database cannot write. */
  readonly auditCheckpoints: string;
  /** Where stored bundles lie. */
  readonly storage: StoragePlace;
  /** For whom stored bundles are sealed; undefined leaves them in the clear. */
  readonly sealTo: Sealing | undefined;
  /** How many bundles `carryall serve` builds at once; 0 leaves that to `carryall work`. */
  readonly workers: number;
  /** Whether workers delete what has expired, or `carryall sweep` alone does. */
  readonly sweepsDaily: boolean;
  /** How long a bundle that answers a request is kept (ISO 8601). */
  readonly bundlesKeptFor: string;
  /** How long a copy waits after a change of address or a first sign-in; null for not at all. */
  readonly coolingOff: string | null;
  /** How many copies of one kind a person gets within a month unseen. */
  readonly copiesPerSubject: number;
  /** The file that names other controllers, with whom people's data are exchanged (Art. 20(2)); undefined for none. */
  readonly recipientsFile: string | undefined;
  /** By which ways people and systems are told. */
  readonly notices: NoticeSettings;
  readonly log: LogLevel;
  /** Where metrics may be read, and whether others than this machine may; undefined for nowhere. */
  readonly metrics: { readonly host: string; readonly port: number; readonly isExposed: boolean } | undefined;
  /** Where traces are sent; undefined for nowhere. */
  readonly tracesEndpoint: string | undefined;
}

/** Reads the configuration; the only reader of the environment. Throws BAD_INPUT with all faults at once. */
export function readConfig(env: Environment = process.env): Config {
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
  // A person has the portal's documents; an app has those of the manifest and no others.
  if (kinds.length < only.length || (kinds.includes('INTERNAL_APP') && manifest === ''))
    faults.push({
      path: 'CARRYALL_PERSISTED_ONLY',
      reason: 'wanted SUBJECT, INTERNAL_APP or both; for INTERNAL_APP with a manifest in CARRYALL_PERSISTED_DOCUMENTS',
    });
  const url = databaseUrlOf(env, faults);
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
  const workers = env['CARRYALL_WORKERS'] ?? '';
  if (workers !== '' && !/^(?:\d|[12]\d|3[0-2])$/.test(workers))
    faults.push({ path: 'CARRYALL_WORKERS', reason: 'wanted a number from 0 to 32' });
  const sweep = env['CARRYALL_SWEEP'] ?? '';
  if (sweep !== '' && sweep !== 'daily') faults.push({ path: 'CARRYALL_SWEEP', reason: 'wanted daily, or nothing' });
  const keptFor = env['CARRYALL_BUNDLES_KEPT'] ?? '';
  if (keptFor !== '' && !/^P(?!0+D)\d{1,3}D$/.test(keptFor))
    faults.push({ path: 'CARRYALL_BUNDLES_KEPT', reason: 'wanted days, such as P14D' });
  const coolingOff = env['CARRYALL_COOLING_OFF'] ?? '';
  if (coolingOff !== '' && !/^P(?:\d{1,2}D|T0S)$/.test(coolingOff))
    faults.push({ path: 'CARRYALL_COOLING_OFF', reason: 'wanted days, such as P3D, or PT0S' });
  const copies = env['CARRYALL_COPIES'] ?? '';
  if (copies !== '' && !/^[1-9]\d{0,2}$/.test(copies))
    faults.push({ path: 'CARRYALL_COPIES', reason: 'wanted a number from 1 to 999' });
  const notices = readNoticeSettings(env);
  faults.push(...notices.faults);
  const log = env['CARRYALL_LOG'] ?? '';
  if (log !== '' && !isLogLevel(log))
    faults.push({ path: 'CARRYALL_LOG', reason: `wanted one of ${LOG_LEVELS.join(', ')}` });
  const [metrics, metricsHost = '', metricsPort = ''] =
    /^(\[[\da-fA-F:.]+\]|[^:\s]+):(\d{1,5})$/.exec(env['CARRYALL_METRICS'] ?? '') ?? [];
  if ((env['CARRYALL_METRICS'] ?? '') !== '' && (metrics === undefined || Number(metricsPort) > 65_535))
    faults.push({ path: 'CARRYALL_METRICS', reason: 'wanted a host and a port, such as 127.0.0.1:9464' });
  const exposed = env['CARRYALL_METRICS_EXPOSED'] ?? '';
  if (exposed !== '' && exposed !== 'yes')
    faults.push({ path: 'CARRYALL_METRICS_EXPOSED', reason: 'wanted yes, or nothing' });
  const traces = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  if (traces !== '' && !/^https?:$/.test(URL.parse(traces)?.protocol ?? ''))
    faults.push({ path: 'OTEL_EXPORTER_OTLP_ENDPOINT', reason: 'wanted an address such as http://127.0.0.1:4318' });
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
    persisted: { manifest: manifest === '' ? undefined : resolve(manifest), only: new Set(kinds) },
    identityFile: identity === '' ? undefined : resolve(identity),
    storage: storage.place,
    sealTo,
    workers: workers === '' ? 2 : Number(workers),
    sweepsDaily: sweep === 'daily',
    bundlesKeptFor: keptFor === '' ? 'P14D' : keptFor,
    coolingOff: coolingOff === 'PT0S' ? null : coolingOff === '' ? 'P3D' : coolingOff,
    copiesPerSubject: copies === '' ? REQUEST_LIMITS.copiesPerSubject : Number(copies),
    recipientsFile: (env['CARRYALL_RECIPIENTS'] ?? '') === '' ? undefined : resolve(env['CARRYALL_RECIPIENTS'] ?? ''),
    notices: notices.settings,
    log: isLogLevel(log) ? log : 'faults',
    metrics:
      metrics === undefined
        ? undefined
        : { host: metricsHost.replace(/^\[|\]$/g, ''), port: Number(metricsPort), isExposed: exposed === 'yes' },
    tracesEndpoint: traces === '' ? undefined : traces,
    auditCheckpoints: checkpoints === '' ? join(dataFolder, 'audit-checkpoints') : resolve(checkpoints),
  };
}

/** The connection string, from a file where it is kept in one: secrets of containers come as files. */
function databaseUrlOf(env: Environment, faults: { path: string; reason: string }[]): string | undefined {
  const file = env['DATABASE_URL_FILE'] ?? '';
  if (file === '') return env['DATABASE_URL'];
  if ((env['DATABASE_URL'] ?? '') !== '')
    faults.push({ path: 'DATABASE_URL_FILE', reason: 'wanted this or DATABASE_URL, and not both' });
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    faults.push({ path: 'DATABASE_URL_FILE', reason: `cannot be read (${code})` });
    return undefined;
  }
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
