import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import { storageFailed } from './failure.ts';
import { partsOfKey } from './key.ts';
import { prefixOf, type Bucket } from './s3-client.ts';
import { s3Failed, statusOf } from './s3-failure.ts';
import type { Leftover } from './storage.ts';

/** Aborts the uploads of ours that were begun before `olderThan` (U-23). What S3 refuses is told after all were tried. */
export async function sweepUploads(bucket: Bucket, olderThan: Date): Promise<readonly Leftover[]> {
  const prefix = prefixOf(bucket.place);
  const removed: Leftover[] = [];
  const refused: unknown[] = [];
  for await (const { Key, UploadId, Initiated } of uploadsBelow(bucket, prefix)) {
    const key = Key?.slice(prefix.length) ?? '';
    // Others may use the bucket too.
    if (UploadId === undefined || Initiated === undefined || Initiated >= olderThan || partsOfKey(key) === null)
      continue;
    try {
      await bucket.client.send(new AbortMultipartUploadCommand({ Bucket: bucket.place.bucket, Key, UploadId }));
      removed.push({ key, since: Initiated });
    } catch (error) {
      if (statusOf(error) !== 404) refused.push(error);
    }
  }
  if (refused.length > 0) throw s3Failed(`${refused.length} leftovers could not be removed`, refused[0]);
  return removed;
}

async function* uploadsBelow({ client, place }: Bucket, Prefix: string): AsyncGenerator<MultipartUpload> {
  let after: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket: place.bucket, Prefix, ...after }),
    );
    yield* page.Uploads ?? [];
    if (page.IsTruncated !== true) return;
    const { NextKeyMarker = '', NextUploadIdMarker = '' } = page;
    if (NextKeyMarker === after.KeyMarker && NextUploadIdMarker === after.UploadIdMarker)
      throw storageFailed('The leftovers could not be removed', 'S3 lists the same page again');
    after = { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker };
  }
}
