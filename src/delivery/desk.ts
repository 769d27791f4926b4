import type pg from 'pg';
import type { BundleStorage } from '../bundle/storage/storage.ts';
import type { StepDesk } from '../requests/write.ts';
import type { DeliveryLimits } from './limits.ts';
import type { LinkKeys } from './link-keys.ts';

/** What bundles are delivered with. */
export interface DeliveryDesk extends StepDesk {
  readonly pool: pg.Pool;
  readonly storage: BundleStorage;
  readonly linkKeys: LinkKeys;
  readonly limits: DeliveryLimits;
  /** Told of what no caller waits for. */
  readonly onFault: (error: unknown) => void;
  /** The address by which people know the gateway; undefined leaves links as paths. */
  readonly publicOrigin?: string | undefined;
}
