import { CarryallError } from '../../errors.ts';
import type { ByteRange } from './storage.ts';

/** The parts of a key; lower case, so that two keys are two files on every file system. */
export interface KeyParts {
  readonly tenantId: string;
  readonly bundleId: string;
  /** `<attempt>.<ext>` */
  readonly file: string;
}

const ID = '[a-z0-9][a-z0-9_-]{0,63}';
const KEY = new RegExp(`^(${ID})/(${ID})/(${ID}\\.[a-z0-9]{1,8})$`);

/** The parts of a key, or null if it is none. */
export function partsOfKey(key: string): KeyParts | null {
  const [, tenantId, bundleId, file] = KEY.exec(key) ?? [];
  return tenantId === undefined || bundleId === undefined || file === undefined ? null : { tenantId, bundleId, file };
}

/** The parts of a key. Throws BAD_INPUT; the key is not repeated, as nobody knows what it holds. */
export function readKey(key: string): KeyParts {
  const parts = partsOfKey(key);
  if (parts !== null) return parts;
  throw new CarryallError(
    'BAD_INPUT',
    'The key of a stored bundle is <tenant>/<bundle>/<attempt>.<ext>, of lower-case letters, digits, _ and -.',
  );
}

/** Throws BAD_INPUT for a range that no object has: S3 answers such a one with the whole object. */
export function checkRange({ start, end }: ByteRange): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end) return;
  throw new CarryallError(
    'BAD_INPUT',
    'A range of bytes is two whole numbers from 0, the first no larger than the second.',
  );
}

/** The media type of what lies under a key, by its extension. */
export function contentTypeOf(key: string): string {
  if (key.endsWith('.zip')) return 'application/zip';
  return key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}
