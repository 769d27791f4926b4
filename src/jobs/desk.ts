import type pg from 'pg';
import type { BundleSources } from '../bundle/build.ts';
import type { Sealing } from '../bundle/seal/recipients.ts';
import type { BundleStorage } from '../bundle/storage/storage.ts';
import type { RequestDesk, StepDesk } from '../requests/write.ts';

/** What builds are done with. */
export interface BuildDesk extends StepDesk, Pick<RequestDesk, 'box'> {
  /** For what is quickly done; `sources` has the one that builds read with. */
  readonly pool: pg.Pool;
  readonly sources: Omit<BundleSources, 'audit'>;
  readonly storage: BundleStorage;
  /** For whom bundles are sealed where the person has not said; undefined leaves them in the clear. */
  readonly sealTo?: Sealing | undefined;
  /** How long a bundle is kept (ISO 8601). */
  readonly keptFor: string;
  /** Under which name this process stands in the rows of its attempts. */
  readonly worker: string;
  /** Told of what no caller waits for. */
  readonly onFault: (error: unknown) => void;
}
