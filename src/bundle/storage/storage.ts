import type { Readable, Writable } from 'node:stream';
import type { Digest } from '../digesting-writer.ts';

/** An object that is whole and durable. */
export interface StoredObject extends Digest {
  readonly key: string;
}

/** Both ends included, from 0, as in HTTP (RFC 9110, 14.1.2). An end past the last byte means the last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What is known of an object without reading it. */
export interface ObjectFacts {
  readonly bytes: number;
  /** Another one whenever somebody has touched the bytes. */
  readonly version: string;
}

/** What an attempt that broke off had left. */
export interface Leftover {
  readonly key: string;
  /** When its last byte came, as far as the place tells; otherwise when it was begun. */
  readonly since: Date;
}

/** What a link says of the download that it starts. */
export interface LinkOptions {
  /** How long it holds: 1 to 60 s. */
  readonly seconds: number;
  /** The name under which it is saved; letters, digits, `.`, `_` and `-`. */
  readonly filename: string;
}

/**
 * Where finished bundles lie. A key is `<tenant>/<bundleId>/<attempt>.<ext>` and is written once: two attempts at a bundle
 * never meet (U-24). Every method throws BAD_INPUT for a key of another form and OUTPUT_FAILED for what the place refuses.
 */
export interface BundleStorage extends AsyncDisposable {
  /**
   * The object appears under its key only after `fill` has returned and all of it is durable; when anything fails, nothing
   * is left. Throws also whatever of ours `fill` throws, and BAD_INPUT when the key is taken.
   */
  write(key: string, fill: (destination: Writable) => Promise<unknown>): Promise<StoredObject>;
  /** Throws NOT_FOUND when there is nothing, BAD_INPUT for a range outside of the object. */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Null when there is nothing. */
  stat(key: string): Promise<ObjectFacts | null>;
  /** Removing what is not there is no error. */
  remove(key: string): Promise<void>;
  /**
   * Removes what attempts older than this have left, and tells it. An object that was finished is none of these. The instant
   * must lie further back than a build may take: an older one that still runs loses what it has written.
   */
  sweep(olderThan: Date): Promise<readonly Leftover[]>;
  /** The keys of a tenant's finished objects that were last written before `olderThan`. */
  objects(tenantId: string, olderThan: Date): AsyncIterable<string>;
  /** Moves an object to where no key leads, below `.set-aside`; only whoever works at the place gets it back. Throws NOT_FOUND. */
  setAside(key: string): Promise<void>;
  /** A link that lets whoever has it download the object from the place itself; null where the place has no such links. */
  readonly presign: ((key: string, options: LinkOptions) => Promise<string>) | null;
}
