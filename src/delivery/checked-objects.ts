import { hash, createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import { CarryallError, isCarryallError } from '../errors.ts';
import type { BundleStorage, ObjectFacts } from '../bundle/storage/storage.ts';
import type { Damage } from './incidents.ts';
import type { StoredBundleFacts } from './link-row.ts';

/** That a stored bundle is not what it should be. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
  readonly damage: Damage;

  constructor(damage: Damage, cause?: unknown) {
    super(damage, cause === undefined ? undefined : { cause });
    this.damage = damage;
  }
}

/** Reads stored bundles, and gives no last byte of one whose bytes are not those that were noted when it was made. */
export interface CheckedObjects {
  /** The whole object. Throws Damaged. */
  whole(object: StoredBundleFacts): Promise<CheckedBytes>;
  /** A part, after the whole has been read through once. Throws Damaged, and the reason of a signal that aborts. */
  part(object: StoredBundleFacts, start: number, end: number, signal: AbortSignal): Promise<CheckedBytes>;
}

export interface CheckedBytes {
  readonly source: Readable;
  /** Hears of every chunk as it is read. */
  readonly read: (chunk: Buffer) => void;
  /** To be asked before the last chunk is given away. Throws Damaged. */
  readonly assertRight: () => Promise<void>;
}

const KEPT = 1000;

export function openCheckedObjects(storage: Pick<BundleStorage, 'read' | 'stat'>): CheckedObjects {
  /** Objects that were read through and found right, with the version that was. */
  const right = new Map<string, string>();
  const remember = (key: string, version: string): void => {
    right.delete(key);
    right.set(key, version);
    for (const oldest of right.keys()) {
      if (right.size <= KEPT) break;
      right.delete(oldest);
    }
  };

  const find = async ({ key, bytes }: StoredBundleFacts): Promise<ObjectFacts> => {
    const facts = await orDamaged(storage.stat(key));
    if (facts === null) throw new Damaged('LOST');
    if (facts.bytes !== bytes) throw new Damaged('MISMATCH');
    return facts;
  };
  const assertUnchanged = async (object: StoredBundleFacts, version: string): Promise<void> => {
    // Not damaged as far as is known: whoever comes again has it read through anew.
    if ((await find(object)).version !== version)
      throw new CarryallError('OUTPUT_FAILED', 'A bundle was touched while it was sent; it is to be fetched again.');
  };

  const whole = async (object: StoredBundleFacts): Promise<CheckedBytes> => {
    const { version } = await find(object);
    const source = await orDamaged(storage.read(object.key));
    const digest = createHash('sha256');
    let bytes = 0;
    return {
      source,
      read: (chunk) => {
        digest.update(chunk);
        bytes += chunk.length;
      },
      assertRight: async () => {
        if (bytes !== object.bytes || digest.digest('hex') !== object.sha256) throw new Damaged('MISMATCH');
        // What was replaced meanwhile was read as it was; only what is there still is known.
        if ((await storage.stat(object.key).catch(() => null))?.version === version) remember(object.key, version);
      },
    };
  };

  const verify = async (object: StoredBundleFacts, signal: AbortSignal): Promise<void> => {
    const { source, read, assertRight } = await whole(object);
    for await (const chunk of addAbortSignal(signal, source)) read(chunk as Buffer);
    await assertRight();
  };

  return {
    whole,
    async part(object, start, end, signal) {
      let { version } = await find(object);
      if (right.get(object.key) !== version) {
        await verify(object, signal);
        version = right.get(object.key) ?? version;
      }
      const source = await orDamaged(storage.read(object.key, { start, end }));
      let bytes = 0;
      return {
        source,
        read: (chunk) => (bytes += chunk.length),
        assertRight: async () => {
          if (bytes !== end - start + 1) throw new Damaged('MISMATCH');
          await assertUnchanged(object, version);
        },
      };
    },
  };
}

async function orDamaged<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (isCarryallError(error, 'NOT_FOUND')) throw new Damaged('LOST', error);
    if (isCarryallError(error, 'OUTPUT_FAILED')) throw new Damaged('UNREADABLE', error);
    throw error;
  }
}

/** The strong ETag of a bundle: of its bytes and nothing else, so that every process gives the same (D-27). */
export function etagOf({ sha256 }: Pick<StoredBundleFacts, 'sha256'>): string {
  return `"${hash('sha256', `carryall bundle ${sha256}`, 'base64url')}"`;
}
