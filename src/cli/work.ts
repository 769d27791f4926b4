import type { Auditor } from '../audit/auditor.ts';
import type { BundleStorage } from '../bundle/storage/storage.ts';
import type { Config } from '../config.ts';
import { openLinkKeys } from '../delivery/link-keys.ts';
import { DELIVERY_LIMITS } from '../delivery/limits.ts';
import { openTransmissions } from '../delivery/transmission/open.ts';
import type { Gateway } from '../gateway.ts';
import { newId } from '../ids.ts';
import type { Boss } from '../jobs/boss.ts';
import { startChores } from '../jobs/chores.ts';
import type { BuildDesk } from '../jobs/desk.ts';
import { housekeeping } from '../jobs/housekeeping.ts';
import { retentionChore } from '../jobs/retention.ts';
import { transmissionChores } from '../jobs/transmissions.ts';
import { startWorker } from '../jobs/worker.ts';
import { openNotices } from '../notices/open.ts';
import type { RequestDesk } from '../requests/write.ts';

export interface WorkOptions {
  readonly gateway: Gateway;
  readonly config: Config;
  readonly boss: Boss;
  readonly requests: RequestDesk;
  readonly audit: Auditor;
  readonly storage: BundleStorage;
  /** The secret of the data folder. */
  readonly secret: Uint8Array;
  /** How many bundles are built at once. */
  readonly concurrency: number;
  readonly onFault: (error: unknown) => void;
}

/** Does all that is done beside answering: builds, notices, reminders, sweeps. It ends as it is disposed, without losing anything. */
export async function openWork(options: WorkOptions): Promise<AsyncDisposable> {
  const { gateway, config, boss, requests, audit, storage, secret, concurrency, onFault } = options;
  const { pool } = gateway.database;
  const { clock, dataFolder, publicOrigin = `http://${config.host}:${config.port}` } = config;
  await using parts = new AsyncDisposableStack();
  const builds: BuildDesk = {
    ...requests,
    pool: boss.pool,
    sources: { ...gateway, pool },
    storage,
    sealTo: config.sealTo,
    keptFor: config.bundlesKeptFor,
    worker: newId('worker'),
    onFault,
  };
  const notices = parts.use(
    await openNotices({ pool, clock, settings: config.notices, secret, dataFolder, publicOrigin, onFault }),
  );
  const delivery = {
    ...requests,
    pool,
    audit,
    storage,
    linkKeys: openLinkKeys(dataFolder),
    limits: DELIVERY_LIMITS,
    onFault,
    publicOrigin: config.publicOrigin,
  };
  const transmissions = parts.use(
    await openTransmissions({
      ...requests,
      pool,
      storage,
      secret,
      dataFolder,
      onFault,
      sources: { ...gateway, pool },
      audit,
      partners: config.recipientsFile,
      outgoing: config.notices.outgoing,
      publicOrigin: config.publicOrigin,
    }),
  );
  const chores = [
    ...housekeeping({ builds, notices: notices.desk, delivery }),
    ...transmissionChores(transmissions),
    ...(config.sweepsDaily ? [retentionChore({ ...gateway, pool, audit })] : []),
  ];
  parts.use(startChores(pool, chores, onFault));
  parts.use(startWorker(builds, boss, { concurrency }));
  return parts.move();
}
