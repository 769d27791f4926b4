import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/store/database.ts';
import { openEmbeddedPostgres } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from './paths.ts';
import { openTemporaryFolder } from './temporary-folder.ts';
import { createDatabase, dropDatabase } from './test-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that tests make their databases on. */
    serverUrl: string;
    /** The migrated database that they are copies of. */
    templateName: string;
  }
}

/** Starts one server for the whole run, or takes the one at TEST_DATABASE_URL, and makes the migrated template. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await using cleanup = new AsyncDisposableStack();
  let serverUrl = process.env['TEST_DATABASE_URL'];
  if (!serverUrl) {
    const folder = cleanup.use(openTemporaryFolder()).path;
    serverUrl = cleanup.use(await openEmbeddedPostgres({ folder, durable: false })).url;
  }
  const url = serverUrl;
  const templateName = `carryall_template_${randomBytes(6).toString('hex')}`;
  const templateUrl = await createDatabase(url, templateName);
  cleanup.defer(() => dropDatabase(url, templateName));
  {
    await using template = await openDatabase({ url: templateUrl });
    await migrate(template.pool, MIGRATIONS);
  }
  project.provide('serverUrl', url);
  project.provide('templateName', templateName);
  const later = cleanup.move();
  return () => later.disposeAsync();
}
