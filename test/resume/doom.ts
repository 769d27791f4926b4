import { join } from 'node:path';
import type pg from 'pg';
import type { BundleSources } from '../../src/bundle/build.ts';
import type { BundleRequest } from '../../src/bundle/prepare.ts';
import { openSigningKeys, type SigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import { fixedClock } from '../../src/clock.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';

/** Where a process dies: at the `count`-th passing of a point, or after a while. */
export type Point =
  | { readonly kind: 'ROW' | 'QUERY' | 'OPEN' | 'CHUNK' | 'SIGN'; readonly count: number }
  | {
      readonly kind: 'FILE';
      /** The name of the call; null for any. */
      readonly call: string | null;
      /** What its path holds; null for any. */
      readonly path: string | null;
      /** Whether it dies once the call has ended, or before it begins. */
      readonly after: boolean;
      readonly count: number;
    }
  | { readonly kind: 'DELAY'; readonly ms: number }
  | { readonly kind: 'NEVER' };

/** What a process exports, and where it dies. */
export interface Doom {
  readonly url: string;
  /** The snapshot from which everything is read; null for the one of its moment. */
  readonly snapshot: string | null;
  /** Where stored files, keys, the policy and scratch files lie. */
  readonly folder: string;
  readonly request: BundleRequest;
  readonly out: string;
  readonly volumeBytes: number | null;
  readonly point: Point;
}

/** The point before or after the `count`-th call to files of this name, with a path that holds this. */
export function fileCall(when: 'before' | 'after', call: string, path: string, count = 1): Point {
  return { kind: 'FILE', call, path, after: when === 'after', count };
}

/** The instant of the builds. */
export const NOW = '2026-11-22T00:00:00Z';

/** What a build in `folder` needs. Only one policy is read: that is half of the time that a process takes to begin. */
export function sourcesIn(
  { folder }: Pick<Doom, 'folder'>,
  pool: pg.Pool,
  now = NOW,
): BundleSources & { readonly signing: SigningKeys } {
  return {
    pool,
    policies: loadPolicies([join(folder, 'policies')]),
    clock: fixedClock(now),
    blobs: openBlobFolder(join(folder, 'blobs')),
    signing: openSigningKeys({ path: join(folder, 'keys'), owner: 'CARRYALL', activeKid: undefined }),
    workFolder: join(folder, 'work'),
  };
}
