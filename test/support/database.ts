import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { createDatabase, dropDatabase } from './test-server.ts';

/** A migrated database of the caller's own, dropped when it is disposed. */
export function openTestDatabase(): Promise<Database> {
  return open(inject('templateName'));
}

/** The same without any table, for what makes the tables. */
export function openEmptyDatabase(): Promise<Database> {
  return open();
}

async function open(template?: string): Promise<Database> {
  const serverUrl = inject('serverUrl');
  const name = `carryall_test_${randomBytes(6).toString('hex')}`;
  const url = await createDatabase(serverUrl, name, template);
  const database = await openDatabase({ url, max: 5 });
  const close = async (): Promise<void> => {
    await database.close();
    await dropDatabase(serverUrl, name);
  };
  return { ...database, close, [Symbol.asyncDispose]: close };
}
