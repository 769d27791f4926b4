import { join, resolve } from 'node:path';
import { fixedClock, systemClock, type Clock } from './clock.ts';
import { CarryallError } from './errors.ts';
import type { KeyPlace } from './bundle/sign/signing-keys.ts';
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
  const url = env['DATABASE_URL'];
  if (url !== undefined && url !== '' && !/^postgres(?:ql)?:/.test(url))
    faults.push({ path: 'DATABASE_URL', reason: 'wanted postgresql://…' });
  const kid = env['CARRYALL_SIGNING_KID'];
  if (kid !== undefined && kid !== '' && !/^[\w-]{43}$/.test(kid))
    faults.push({
      path: 'CARRYALL_SIGNING_KID',
      reason: 'wanted the thumbprint of a key (RFC 7638), of 43 characters',
    });
  if (faults.length > 0) throw new CarryallError('BAD_INPUT', 'The environment is not usable.', { faults });
  const extra = (env['CARRYALL_POLICIES'] ?? '').split(':').filter((folder) => folder !== '');
  const dataFolder = resolve(env['CARRYALL_DATA'] ?? '.data');
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
