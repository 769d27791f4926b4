/** Bytes that are written one after another; there is always room. */
export interface Growable {
  byte(value: number): void;
  text(value: string): void;
  copy(from: Buffer, start: number, end: number): void;
  /** What was written; the bytes are written over after the next `clear`. */
  taken(): Buffer;
  clear(): void;
}

/** Shorter runs are copied faster by hand than by a call. */
const SHORT = 64;

/** Opens bytes with room for `size`, and more as it is needed. */
export function growable(size: number): Growable {
  let bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  const makeRoom = (more: number): void => {
    if (at + more <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, at + more));
    bytes.copy(larger, 0, 0, at);
    bytes = larger;
  };
  return {
    byte(value) {
      makeRoom(1);
      bytes[at] = value;
      at += 1;
    },
    text(value) {
      makeRoom(3 * value.length);
      at += bytes.write(value, at, 'utf8');
    },
    copy(from, start, end) {
      makeRoom(end - start);
      if (end - start >= SHORT) {
        at += from.copy(bytes, at, start, end);
        return;
      }
      for (let read = start; read < end; read += 1) {
        bytes[at] = from[read]!;
        at += 1;
      }
    },
    taken: () => bytes.subarray(0, at),
    clear: () => void (at = 0),
  };
}
