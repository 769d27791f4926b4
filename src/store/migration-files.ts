import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CarryallError } from '../errors.ts';

/** A migration as it lies in its folder. */
export interface Migration {
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the script in hexadecimal. */
  readonly checksum: string;
}

/** The migrations of a folder in the order of their names. Throws MIGRATION_BROKEN when one or all cannot be read. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new CarryallError('MIGRATION_BROKEN', `There is no folder of migrations at ${folder}.`, { cause });
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.sort().map((name) => readMigration(folder, name)));
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const bytes = await readFile(join(folder, name, 'migration.sql')).catch((cause: unknown) => {
    throw new CarryallError('MIGRATION_BROKEN', `The migration ${name} has no migration.sql.`, { cause });
  });
  return { name, script: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
}
