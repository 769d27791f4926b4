import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, type HeadObjectOutput } from '@aws-sdk/client-s3';
import { isCarryallError } from '../../errors.ts';
import { DigestingWriter } from '../digesting-writer.ts';
import { keyTaken, notStored, outsideOf, storageFailed, withLeftovers } from './failure.ts';
import { checkRange, readKey } from './key.ts';
import type { S3Place } from './place.ts';
import { objectOf, openBucket, type Bucket, type S3Options } from './s3-client.ts';
import { onS3, s3Failed, statusOf } from './s3-failure.ts';
import { objectsBelow, setObjectAside } from './s3-objects.ts';
import { presign } from './s3-presign.ts';
import { sweepUploads } from './s3-sweep.ts';
import { openUpload } from './s3-upload.ts';
import type { BundleStorage } from './storage.ts';

/** Bundles as objects of a bucket. Loads the SDK: import it where S3 is meant, and only then. */
export function openS3Storage(place: S3Place, options: S3Options = {}): BundleStorage {
  const bucket = openBucket(place, options);
  const { client } = bucket;
  return {
    async write(key, fill) {
      readKey(key);
      if ((await headOf(bucket, key)) !== null) throw keyTaken(key);
      const upload = openUpload(bucket, key);
      const file = new DigestingWriter(upload.destination);
      // Told below, whether or not `fill` listens.
      file.on('error', () => {});
      try {
        await fill(file);
        await finished(file.end());
        await upload.complete();
        const digest = file.digest();
        assertStored(place, key, digest.bytes, await headOf(bucket, key));
        return { key, ...digest };
      } catch (error) {
        if (!file.closed) await new Promise((resolve) => file.once('close', resolve).destroy());
        const clean = await upload.discard();
        // The failure of the destination is the cause of what `fill` makes of it.
        const told = isCarryallError(error) ? error : (file.errored ?? error);
        const failed = s3Failed(`${key} could not be written`, told);
        throw clean ? failed : withLeftovers(failed);
      }
    },

    async read(key, range) {
      readKey(key);
      if (range !== undefined) checkRange(range);
      const wanted = `${key} could not be read`;
      const { Body, ContentRange } = await onS3(wanted, () =>
        client
          .send(
            new GetObjectCommand({
              ...objectOf(bucket, key),
              ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }),
            }),
          )
          .catch((error: unknown) => {
            if (statusOf(error) === 404) throw notStored(key);
            if (statusOf(error) === 416) throw outsideOf(key);
            throw error;
          }),
      );
      if (!(Body instanceof Readable)) throw storageFailed(wanted, 'S3 sent no bytes');
      if (range !== undefined && ContentRange?.startsWith(`bytes ${range.start}-`) !== true) {
        Body.destroy();
        throw storageFailed(wanted, 'S3 did not send the range that was asked for');
      }
      return Body;
    },

    async stat(key) {
      readKey(key);
      const head = await headOf(bucket, key);
      return head === null ? null : { bytes: head.ContentLength ?? 0, version: head.ETag ?? '' };
    },

    async remove(key) {
      readKey(key);
      await onS3(`${key} could not be removed`, () => client.send(new DeleteObjectCommand(objectOf(bucket, key))));
    },

    sweep: (olderThan) => onS3('The leftovers could not be removed', () => sweepUploads(bucket, olderThan)),
    objects: (tenantId, olderThan) => objectsBelow(bucket, tenantId, olderThan),
    async setAside(key) {
      readKey(key);
      if ((await headOf(bucket, key)) === null) throw notStored(key);
      await onS3(`${key} could not be set aside`, () => setObjectAside(bucket, key));
    },
    presign: place.isInside === true ? null : (key, link) => presign(bucket, key, link),

    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

/** What S3 says of an object; null if there is none. */
function headOf(bucket: Bucket, key: string): Promise<HeadObjectOutput | null> {
  return onS3(`${key} could not be looked at`, () =>
    bucket.client.send(new HeadObjectCommand(objectOf(bucket, key))).catch((error: unknown) => {
      if (statusOf(error) === 404) return null;
      throw error;
    }),
  );
}

/** Throws OUTPUT_FAILED when S3 has not what was sent, or not as it was told to keep it. */
function assertStored({ encryption }: S3Place, key: string, bytes: number, head: HeadObjectOutput | null): void {
  const wanted = `${key} could not be written`;
  if (head?.ContentLength !== bytes)
    throw storageFailed(wanted, `${bytes} bytes were sent, S3 has ${head?.ContentLength ?? 'none'}`);
  // Servers that do not encrypt ignore the wish.
  if (encryption !== undefined && head.ServerSideEncryption !== encryption.algorithm)
    throw storageFailed(wanted, `S3 did not encrypt it with ${encryption.algorithm}`);
}
