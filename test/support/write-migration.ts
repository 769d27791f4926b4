/** `node test/support/write-migration.ts NAME [TIMESTAMP]`: writes the migration from the last one to the datamodel. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { DATAMODEL, MIGRATIONS } from './paths.ts';
import { diffSchema } from './schema-diff.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

const [name, timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9_]+$/.test(name) || !/^\d{14}$/.test(timestamp)) {
  throw new Error('Usage: node test/support/write-migration.ts NAME [TIMESTAMP], the name in snake_case.');
}
using folder = openTemporaryFolder();
await using database = await openDatabase({ folder: folder.path, durable: false });
await migrate(database.pool, MIGRATIONS);
const script = await diffSchema(database.url, DATAMODEL);
if (script === '') {
  console.log('The migrations already make the datamodel.');
} else {
  const path = join(MIGRATIONS, `${timestamp}_${name}`);
  await mkdir(path);
  await writeFile(join(path, 'migration.sql'), script, { flag: 'wx' });
  console.log(`Written: ${path}`);
}
