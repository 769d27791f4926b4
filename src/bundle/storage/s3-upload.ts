import type { Writable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  UploadPartCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { storageFailed } from './failure.ts';
import { contentTypeOf } from './key.ts';
import { openPartWriter } from './part-writer.ts';
import type { S3Place } from './place.ts';
import { objectOf, type Bucket } from './s3-client.ts';
import { statusOf } from './s3-failure.ts';

/** An object on its way: its parts first, then all of them at once under its key. */
export interface Upload {
  /** Has finished when S3 has every part. */
  readonly destination: Writable;
  /** Makes an object of the parts. */
  complete(): Promise<void>;
  /** Lets go of the parts, and of the object if there may be one. False if that is not certain. */
  discard(): Promise<boolean>;
}

/** A multipart upload, begun with the first part. Always one: the same steps for every size, and none shows half an object. */
export function openUpload(bucket: Bucket, key: string): Upload {
  const { client, place } = bucket;
  const object = objectOf(bucket, key);
  const parts: CompletedPart[] = [];
  const unconfirmed = (what: string) => storageFailed(`${key} could not be written`, `S3 did not confirm ${what}`);
  let upload: Promise<string> | null = null;
  let completing = false;

  const begin = async () => {
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...object, ContentType: contentTypeOf(key), ...encryptionOf(place) }),
    );
    if (UploadId === undefined) throw unconfirmed('the upload');
    return UploadId;
  };

  const destination = openPartWriter(async (Body, PartNumber, abortSignal) => {
    const UploadId = await (upload ??= begin());
    const { ETag } = await client.send(new UploadPartCommand({ ...object, UploadId, PartNumber, Body }), {
      abortSignal,
    });
    if (ETag === undefined) throw unconfirmed('a part');
    parts.push({ PartNumber, ETag });
  }, bucket.parts);

  return {
    destination,

    async complete() {
      const UploadId = await upload;
      if (UploadId === null) throw unconfirmed('any part');
      completing = true;
      const Parts = parts.toSorted((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
      const { ETag } = await client.send(
        new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }),
      );
      // S3 may answer 200 and then tell of an error (U-22). The SDK sees that only where the answer ends with </Error>.
      if (ETag === undefined) throw unconfirmed('the object');
    },

    async discard() {
      const UploadId = await upload?.catch(() => null);
      // What was refused or not answered may have begun one all the same; only a sweep sees that.
      if (UploadId === undefined || UploadId === null) return upload === null;
      const aborted = await succeeds(client.send(new AbortMultipartUploadCommand({ ...object, UploadId })));
      return (!completing || (await succeeds(client.send(new DeleteObjectCommand(object))))) && aborted;
    },
  };
}

function encryptionOf({ encryption }: S3Place) {
  switch (encryption?.algorithm) {
    case undefined:
      return {};
    case 'AES256':
      return { ServerSideEncryption: 'AES256' } as const;
    case 'aws:kms':
      return {
        ServerSideEncryption: 'aws:kms',
        ...(encryption.keyId === undefined ? {} : { SSEKMSKeyId: encryption.keyId }),
      } as const;
    default:
      return encryption satisfies never;
  }
}

// What is gone already is as good as removed.
function succeeds(removal: Promise<unknown>): Promise<boolean> {
  return removal.then(
    () => true,
    (error: unknown) => statusOf(error) === 404,
  );
}
