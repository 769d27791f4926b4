import { join } from 'node:path';
import pg from 'pg';
import { openAuditor } from '../../src/audit/auditor.ts';
import { openAuditKeys } from '../../src/audit/keys.ts';
import { openDiskStorage } from '../../src/bundle/storage/disk.ts';
import { openSigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import type { Clock } from '../../src/clock.ts';
import { openBoss, type Boss } from '../../src/jobs/boss.ts';
import type { BuildDesk } from '../../src/jobs/desk.ts';
import { createBuildQueue } from '../../src/jobs/queue.ts';
import { createOutbox } from '../../src/notices/outbox.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { openSecretBox } from '../../src/store/secret-box.ts';

/** What a process that builds needs of a test, by the database and the folder that all of them share. */
export interface BuildProcess extends AsyncDisposable {
  readonly desk: BuildDesk;
  readonly boss: Boss;
  /** What went wrong beside the work. */
  readonly faults: unknown[];
}

export interface BuildProcessOptions {
  readonly url: string;
  readonly folder: string;
  /** For builds. */
  readonly pool?: pg.Pool;
  readonly clock?: Clock;
  readonly superviseSeconds?: number;
  readonly worker?: string;
}

export async function openBuildProcess(options: BuildProcessOptions): Promise<BuildProcess> {
  const { url, folder, clock = { now: () => new Date() }, superviseSeconds = 1, worker = 'w0' } = options;
  await using parts = new AsyncDisposableStack();
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const own = options.pool === undefined ? parts.adopt(openPool(url), (pool) => pool.end()) : undefined;
  const pool = options.pool ?? own!;
  const boss = parts.use(await openBoss(pool, { superviseSeconds, onFault }));
  const box = openSecretBox(Buffer.alloc(32, 7), 'test');
  const desk: BuildDesk = {
    pool: boss.pool,
    clock,
    box,
    audit: parts.use(openAuditor({ pool, keys: await openAuditKeys(join(folder, 'audit')), clock, onFault })),
    queue: createBuildQueue(boss.boss),
    outbox: createOutbox(clock, box),
    sources: {
      pool,
      policies: loadPolicies(),
      clock,
      blobs: openBlobFolder(join(folder, 'blobs')),
      signing: openSigningKeys({ path: join(folder, 'keys'), owner: 'CARRYALL', activeKid: undefined }),
      workFolder: join(folder, 'work'),
    },
    storage: openDiskStorage(join(folder, 'bundles')),
    keptFor: 'P14D',
    worker,
    onFault,
  };
  const later = parts.move();
  return { desk, boss, faults, [Symbol.asyncDispose]: () => later.disposeAsync() };
}

function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 6, options: '-c TimeZone=UTC -c DateStyle=ISO' });
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  return pool;
}
