import { expect, test } from 'vitest';
import { createPrisma } from '../../src/store/prisma.ts';
import { openTestDatabase } from '../support/database.ts';
import { DATAMODEL, MIGRATIONS } from '../support/paths.ts';
import { diagnoseHistory, diffSchema } from '../support/schema-diff.ts';

test('the migrations make exactly the datamodel', async () => {
  await using database = await openTestDatabase();
  expect(await diffSchema(database.url, DATAMODEL)).toBe('');
});

test('a column that a migration forgot shows up as a difference', async () => {
  await using database = await openTestDatabase();
  await database.pool.query('ALTER TABLE tenant DROP COLUMN name');
  expect(await diffSchema(database.url, DATAMODEL)).toContain('ADD COLUMN     "name" TEXT NOT NULL');
});

test('Prisma agrees with the record of applied migrations', async () => {
  await using database = await openTestDatabase();
  expect(await diagnoseHistory(database.url, DATAMODEL, MIGRATIONS)).toEqual({
    hasMigrationsTable: true,
    history: null,
    editedMigrationNames: [],
    failedMigrationNames: [],
  });
});

test('Prisma reads and writes through the pool of the database', async () => {
  await using database = await openTestDatabase();
  const prisma = createPrisma(database.pool);
  await prisma.tenant.create({ data: { tenantId: 'acme', policyCode: 'CR', name: 'Acme' } });
  expect((await database.pool.query('SELECT name FROM tenant')).rows).toEqual([{ name: 'Acme' }]);
});
