import { join } from 'node:path';
import type pg from 'pg';
import { openAuditor, type Auditor } from '../../src/audit/auditor.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import type { BundleSources } from '../../src/bundle/build.ts';
import { openSigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import { openStorage } from '../../src/bundle/storage/open.ts';
import type { BundleStorage } from '../../src/bundle/storage/storage.ts';
import type { Clock } from '../../src/clock.ts';
import {
  openTransmissions,
  type TransmissionOptions,
  type Transmissions,
} from '../../src/delivery/transmission/open.ts';
import { createOutbox } from '../../src/notices/outbox.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { openSecretBox } from '../../src/store/secret-box.ts';

/** What a process of a controller that sends, or is sent to, works with: any number share a database and a folder. */
export interface Controller extends AsyncDisposable {
  readonly audit: Auditor;
  readonly storage: BundleStorage;
  readonly sources: BundleSources & Pick<TransmissionOptions['sources'], 'signing'>;
  readonly transmissions: Transmissions;
}

export interface ControllerOptions {
  readonly pool: pg.Pool;
  readonly folder: string;
  readonly clock: Clock;
  readonly partners: TransmissionOptions['partners'];
  readonly publicOrigin?: string | undefined;
  readonly pieceBytes?: number | undefined;
  readonly turnMs?: number | undefined;
  readonly onFault: (error: unknown) => void;
}

const policies = loadPolicies();
const SECRET = Buffer.alloc(32, 7);

export async function openController(options: ControllerOptions): Promise<Controller> {
  const { pool, folder, clock, partners, publicOrigin, pieceBytes, turnMs, onFault } = options;
  await using parts = new AsyncDisposableStack();
  const storage = parts.use(await openStorage({ kind: 'DISK', folder: join(folder, 'bundles') }));
  const audit = parts.use(openAuditor({ pool, keys: await openAuditKeys(folder), clock, onFault }));
  const sources = {
    pool,
    policies,
    clock,
    blobs: openBlobFolder(join(folder, 'blobs')),
    workFolder: join(folder, 'work'),
    signing: openSigningKeys({ path: join(folder, 'signing'), owner: 'CARRYALL', activeKid: undefined }),
  } satisfies BundleSources;
  const transmissions = parts.use(
    await openTransmissions({
      pool,
      clock,
      audit,
      outbox: createOutbox(clock, openSecretBox(SECRET, 'notice')),
      storage,
      secret: SECRET,
      onFault,
      sources,
      partners,
      outgoing: { reach: 'WORLD_AND_LOOPBACK' },
      dataFolder: folder,
      publicOrigin,
      ...(pieceBytes === undefined ? {} : { pieceBytes }),
      ...(turnMs === undefined ? {} : { turnMs }),
    }),
  );
  const later = parts.move();
  return { audit, storage, sources, transmissions, [Symbol.asyncDispose]: () => later.disposeAsync() };
}
