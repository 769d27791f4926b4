import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Place } from './place.ts';
import type { PartSizes } from './part-writer.ts';

/** What does not depend on the place. Without credentials, the SDK looks for them: environment, profile, role. */
export interface S3Options {
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly parts?: PartSizes;
  /** A server that says nothing for so long has failed; milliseconds. */
  readonly idleTimeout?: number;
}

/** A bucket and how it is talked to. */
export interface Bucket {
  readonly client: S3Client;
  readonly place: S3Place;
  readonly parts: PartSizes;
}

/** 48 MiB of memory for a bundle on its way, which may have 156 GiB. S3 takes no part below 5 MiB but the last. */
const PARTS: PartSizes = { bytes: 16 * 2 ** 20, queue: 2 };
const CONNECT_TIMEOUT = 5000;
const IDLE_TIMEOUT = 60_000;
const ATTEMPTS = 3;

/** The bucket's client, not connected yet. */
export function openBucket(place: S3Place, options: S3Options): Bucket {
  const config: S3ClientConfig = {
    region: place.region,
    forcePathStyle: place.forcePathStyle,
    ...(place.endpoint === undefined ? {} : { endpoint: place.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    maxAttempts: ATTEMPTS,
    // A dead server, not a slow one: a part may take long on a thin line.
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT, socketTimeout: options.idleTimeout ?? IDLE_TIMEOUT },
    // The signature covers the SHA-256 of each part, which every server knows; not every one knows these.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Otherwise each part has a connection of its own, and a server that waits costs 6 s more.
    expectContinueHeader: false,
  };
  return { client: new S3Client(config), place, parts: options.parts ?? PARTS };
}

/** How the bucket names what has this key. */
export function objectOf({ place }: Bucket, key: string): { readonly Bucket: string; readonly Key: string } {
  return { Bucket: place.bucket, Key: `${prefixOf(place)}${key}` };
}

/** What the names of all our objects begin with. */
export function prefixOf(place: S3Place): string {
  return place.prefix === '' ? '' : `${place.prefix}/`;
}
