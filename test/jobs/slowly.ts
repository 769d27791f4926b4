import { setTimeout as pause } from 'node:timers/promises';
import type { BundleStorage } from '../../src/bundle/storage/storage.ts';

/** A storage that takes its time over each bundle, and tells when so many are under way. */
export function slowly(
  storage: BundleStorage,
  ms: number,
): { readonly storage: BundleStorage; readonly busy: (count: number) => Promise<void> } {
  let begun = 0;
  let wake = Promise.withResolvers<void>();
  return {
    async busy(count) {
      while (begun < count) await wake.promise;
    },
    storage: {
      ...storage,
      write: (key, fill) =>
        storage.write(key, async (destination) => {
          begun += 1;
          wake.resolve();
          wake = Promise.withResolvers();
          await pause(ms);
          return fill(destination);
        }),
    },
  };
}
