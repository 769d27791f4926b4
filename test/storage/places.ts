import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Readable, type Writable } from 'node:stream';
import { openStorage } from '../../src/bundle/storage/open.ts';
import type { S3Place } from '../../src/bundle/storage/place.ts';
import type { BundleStorage } from '../../src/bundle/storage/storage.ts';
import { CarryallError } from '../../src/errors.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openS3Server, type S3Server } from './s3/server.ts';

/** A place, and a look at it from outside. */
export interface Place extends AsyncDisposable {
  readonly storage: BundleStorage;
  /** Everything that lies there, finished or not. */
  everything(): Promise<readonly string[]>;
}

/** The smallest part that S3 takes. */
export const PART = 5 * 2 ** 20;
export const KEY = 'cp/bundle_1/attempt_1.zip';

export async function openDiskPlace(): Promise<Place & { readonly folder: string }> {
  const temporary = openTemporaryFolder();
  const folder = `${temporary.path}/bundles`;
  const storage = await openStorage({ kind: 'DISK', folder });
  return {
    storage,
    folder,
    async everything() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => `${parentPath}/${name}`);
    },
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      temporary[Symbol.dispose]();
    },
  };
}

export function placeOn(server: S3Server, more: Partial<S3Place> = {}): S3Place {
  const at = { bucket: 'bundles', prefix: 'of/us', region: 'eu-central-1', endpoint: server.url };
  return { kind: 'S3', ...at, forcePathStyle: true, ...more };
}

export async function openS3Place(
  more: Partial<S3Place> = {},
  partBytes = PART,
): Promise<Place & { readonly server: S3Server }> {
  const server = await openS3Server();
  server.bucket.smallestPart = partBytes;
  const storage = await openStorage(placeOn(server, more), {
    credentials: server.account,
    parts: { bytes: partBytes, queue: 2 },
    idleTimeout: 2000,
  });
  return {
    storage,
    server,
    async everything() {
      return [...server.bucket.objects.keys(), ...[...server.bucket.uploads.values()].map(({ id }) => id)];
    },
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Writes bytes as a builder does: by a pipeline, in pieces. */
export function filledWith(bytes: Buffer, piece = 65_536): (destination: Writable) => Promise<void> {
  return (destination) => {
    function* pieces() {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    }
    return pipeline(Readable.from(pieces(), { objectMode: false }), destination);
  };
}

/** So many bytes that nobody can guess. */
export const someBytes = (length: number) => randomBytes(length);

/** The error of ours with which it failed. */
export async function failureOf(attempt: Promise<unknown>): Promise<CarryallError> {
  const outcome = await attempt.then(
    () => 'succeeded',
    (error: unknown) => error,
  );
  if (outcome instanceof CarryallError) return outcome;
  throw new Error(`wanted an error of ours, got ${String(outcome)}`);
}
