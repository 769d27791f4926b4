import { fileURLToPath } from 'node:url';
import { ITEMS } from './catalogue/items.ts';
import { openSigningKeys, type SigningKeys } from './bundle/sign/signing-keys.ts';
import type { Clock } from './clock.ts';
import { blobFolder, databaseFolder, workFolder, type Config } from './config.ts';
import { loadPolicies, type PolicyBook } from './policy/book.ts';
import { openBlobFolder, type BlobStore } from './store/blobs.ts';
import { openDatabase, type Database } from './store/database.ts';
import { assertMigrated, migrate } from './store/migrate.ts';
import { assertTenantsApart } from './store/tenants-apart.ts';

/** The migrations that come with this version; beside src/. */
export const MIGRATIONS = fileURLToPath(new URL('../prisma/migrations/', import.meta.url));

/** Everything built, once, from a configuration. */
export interface Gateway extends AsyncDisposable {
  readonly database: Database;
  readonly policies: PolicyBook;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly signing: SigningKeys;
  /** Where scratch files lie. */
  readonly workFolder: string;
}

/** How a gateway treats a database that is behind the code. */
export type Migrating = 'MIGRATE' | 'ASSERT';

/**
 * Builds a gateway. The embedded database is Carryall's own and is migrated as it is opened; one that the operator runs is
 * migrated only by `carryall migrate`. Throws POLICY_INVALID and the store's DATABASE_*, MIGRATION_BROKEN
 * and TENANTS_NOT_APART.
 */
export async function openGateway(
  config: Config,
  migrating: Migrating = config.databaseUrl === undefined ? 'MIGRATE' : 'ASSERT',
  onLog: (line: string) => void = () => {},
): Promise<Gateway> {
  const policies = loadPolicies(config.policyFolders, { knownItems: new Set<string>(ITEMS) });
  const database = await openDatabase({
    onLog,
    ...(config.databaseUrl === undefined ? { folder: databaseFolder(config) } : { url: config.databaseUrl }),
  });
  try {
    if (migrating === 'MIGRATE') await migrate(database.pool, MIGRATIONS);
    else await assertMigrated(database.pool, MIGRATIONS);
    await assertTenantsApart(database.pool);
  } catch (error) {
    await database.close();
    throw error;
  }
  const close = (): Promise<void> => database.close();
  return {
    database,
    policies,
    blobs: openBlobFolder(blobFolder(config)),
    clock: config.clock,
    signing: openSigningKeys(config.signing),
    workFolder: workFolder(config),
    [Symbol.asyncDispose]: close,
  };
}
