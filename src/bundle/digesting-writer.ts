import { createHash } from 'node:crypto';
import { finished, Writable } from 'node:stream';

/** What went through: how much, and its digest. */
export interface Digest {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Passes everything on to a destination and digests it on the way. It has finished only when the destination is closed. */
export class DigestingWriter extends Writable {
  readonly #destination: Writable;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(destination: Writable) {
    super({ highWaterMark: destination.writableHighWaterMark });
    this.#destination = destination;
    destination.once('error', (error) => this.destroy(error));
  }

  /** Ask after the end; the same as often as it is asked. */
  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    if (this.#destination.write(chunk)) callback();
    else this.#destination.once('drain', callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    finished(this.#destination, callback);
    this.#destination.end();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (this.#destination.closed) return callback(error);
    this.#destination.once('close', () => callback(error));
    this.#destination.destroy(error ?? undefined);
  }
}
