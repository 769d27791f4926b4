import { Writable } from 'node:stream';
import { CarryallError } from '../../errors.ts';

/** Numbers as S3 has them: from 1. The signal fires when the rest is not wanted any more. */
export type SendPart = (part: Buffer, number: number, signal: AbortSignal) => Promise<void>;

/** Memory is at most `bytes` × (`queue` + 1). */
export interface PartSizes {
  readonly bytes: number;
  /** How many parts are on their way at once. */
  readonly queue: number;
}

// S3's own limit.
const MOST_PARTS = 10_000;

/**
 * A destination that cuts what it is given into parts and sends them. It has finished when every part has arrived; the
 * first that does not arrive destroys it. It has closed when none is on its way any more.
 */
export function openPartWriter(send: SendPart, { bytes, queue }: PartSizes): Writable {
  const unwanted = new AbortController();
  const onTheirWay = new Set<Promise<void>>();
  let part: Buffer | null = null;
  let filled = 0;
  let number = 0;

  const dispatch = async (body: Buffer) => {
    while (onTheirWay.size >= queue) await Promise.race(onTheirWay);
    unwanted.signal.throwIfAborted();
    number += 1;
    if (number > MOST_PARTS)
      throw new CarryallError('BUNDLE_TOO_LARGE', `The bundle has more than ${MOST_PARTS} parts of ${bytes} bytes.`);
    const sent = send(body, number, unwanted.signal).finally(() => onTheirWay.delete(sent));
    onTheirWay.add(sent);
    sent.catch((error: unknown) => destination.destroy(error as Error));
  };

  const take = async (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      part ??= Buffer.allocUnsafeSlow(bytes);
      const taken = chunk.copy(part, filled, at);
      at += taken;
      filled += taken;
      if (filled < bytes) continue;
      const full = part;
      part = null;
      filled = 0;
      await dispatch(full);
    }
  };

  const finish = async () => {
    // An object of no bytes is one empty part.
    if (filled > 0 || number === 0) await dispatch(part?.subarray(0, filled) ?? Buffer.alloc(0));
    await Promise.all(onTheirWay);
  };

  const destination = new Writable({
    write: (chunk: Buffer, _encoding, callback) => void take(chunk).then(() => callback(), callback),
    final: (callback) => void finish().then(() => callback(), callback),
    destroy(error, callback) {
      unwanted.abort();
      part = null;
      void Promise.allSettled(onTheirWay).then(() => callback(error));
    },
  });
  return destination;
}
