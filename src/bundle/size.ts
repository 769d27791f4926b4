/** How large something is, and what of it goes into an archive. */
export interface Size {
  readonly bytes: number;
  readonly packedBytes: number;
}

export const NOTHING: Size = { bytes: 0, packedBytes: 0 };

export function plus(one: Size, other: Size): Size {
  return { bytes: one.bytes + other.bytes, packedBytes: one.packedBytes + other.packedBytes };
}

export function times({ bytes, packedBytes }: Size, factor: number): Size {
  return { bytes: bytes * factor, packedBytes: packedBytes * factor };
}
