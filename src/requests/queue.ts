import type { Writer } from '../store/session.ts';

/** Where approved requests wait to be built. */
export interface BuildQueue {
  /**
   * Has a request built, in the caller's transaction: queued if and only if what it rests on is committed. Builds of a
   * request that is no longer approved do nothing, so one too many does no harm.
   */
  enqueue(
    writer: Writer,
    build: { readonly tenantId: string; readonly requestId: string; readonly notBefore?: Date },
  ): Promise<void>;
}
