import { openDiskStorage } from './disk.ts';
import type { StoragePlace } from './place.ts';
import type { BundleStorage } from './storage.ts';
import type { S3Options } from './s3-client.ts';

/** Opens the place of finished bundles; nothing is asked of it yet. The SDK is loaded only for S3: that takes long. */
export async function openStorage(place: StoragePlace, options: S3Options = {}): Promise<BundleStorage> {
  switch (place.kind) {
    case 'DISK':
      return openDiskStorage(place.folder);
    case 'S3': {
      const { openS3Storage } = await import('./s3.ts');
      return openS3Storage(place, options);
    }
    default:
      return place satisfies never;
  }
}
