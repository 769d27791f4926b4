/** Where a worker's process is killed. */
export type Point =
  | {
      readonly kind: 'SQL';
      /** What the statement begins with or holds. */
      readonly statement: string;
      /** Around the statement, or around the end of the transaction in which it stands. */
      readonly when: 'BEFORE' | 'AFTER' | 'BEFORE_COMMIT' | 'AFTER_COMMIT';
      /**
       * At the how manieth such statement.
       * @default the first
       */
      readonly count?: number;
    }
  | {
      readonly kind: 'FILE';
      readonly call: string;
      /** What its path holds; null for any, and for calls that name none. */
      readonly path: string | null;
      readonly when: 'before' | 'after';
      readonly count: number;
    }
  | { readonly kind: 'DELAY'; readonly ms: number }
  | { readonly kind: 'NEVER' };

/** What a worker's process works on, and where it dies. */
export interface Doom {
  readonly url: string;
  readonly folder: string;
  readonly worker: string;
  readonly concurrency: number;
  readonly point: Point;
  readonly graceMs?: number;
  /** Each stored bundle takes so long, in ms. */
  readonly slowMs?: number;
}
