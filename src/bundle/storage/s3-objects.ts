import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { partsOfKey } from './key.ts';
import { objectOf, prefixOf, type Bucket } from './s3-client.ts';

/** Where objects are set aside: no key begins with a dot. */
const ASIDE = '.set-aside';

/** The keys of a tenant's objects that were written before `olderThan`. */
export async function* objectsBelow(bucket: Bucket, tenantId: string, olderThan: Date): AsyncGenerator<string> {
  const { client, place } = bucket;
  const prefix = prefixOf(place);
  for (let after: string | undefined; ;) {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket: place.bucket,
        Prefix: `${prefix}${tenantId}/`,
        ...(after === undefined ? {} : { ContinuationToken: after }),
      }),
    );
    for (const { Key = '', LastModified } of page.Contents ?? []) {
      const key = Key.slice(prefix.length);
      if (partsOfKey(key) !== null && LastModified !== undefined && LastModified < olderThan) yield key;
    }
    after = page.NextContinuationToken;
    if (after === undefined) return;
  }
}

/** Moves an object beside all others: a copy first, which S3 makes of 5 GiB at most. */
export async function setObjectAside(bucket: Bucket, key: string): Promise<void> {
  const { client, place } = bucket;
  const { Bucket, Key } = objectOf(bucket, key);
  const { encryption } = place;
  await client.send(
    new CopyObjectCommand({
      Bucket,
      Key: `${prefixOf(place)}${ASIDE}/${key}`,
      CopySource: `${Bucket}/${Key}`,
      ...(encryption === undefined ? {} : { ServerSideEncryption: encryption.algorithm }),
      ...(encryption?.algorithm === 'aws:kms' && encryption.keyId !== undefined
        ? { SSEKMSKeyId: encryption.keyId }
        : {}),
    }),
  );
  await client.send(new DeleteObjectCommand({ Bucket, Key }));
}
