import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { CarryallError } from '../../errors.ts';
import { contentTypeOf, readKey } from './key.ts';
import { objectOf, type Bucket } from './s3-client.ts';
import { onS3 } from './s3-failure.ts';
import type { LinkOptions } from './storage.ts';

const LONGEST = 60;
const FILENAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** A link to an object, signed together with how its bytes are to be served. Throws BAD_INPUT; S3 is not asked. */
export async function presign(bucket: Bucket, key: string, { seconds, filename }: LinkOptions): Promise<string> {
  readKey(key);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST)
    throw new CarryallError('BAD_INPUT', `A link holds for 1 to ${LONGEST} seconds.`);
  if (!FILENAME.test(filename))
    throw new CarryallError('BAD_INPUT', 'The file name of a download has letters, digits, dots, _ and - only.');
  const command = new GetObjectCommand({
    ...objectOf(bucket, key),
    // Never shown inside a page of the bucket's origin, and kept by nobody on the way.
    ResponseContentDisposition: `attachment; filename="${filename}"`,
    ResponseContentType: contentTypeOf(key),
    ResponseCacheControl: 'no-store, private',
  });
  return onS3('A link could not be signed', () => getSignedUrl(bucket.client, command, { expiresIn: seconds }));
}
