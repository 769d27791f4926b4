import { defineConfig } from 'prisma/config';

// Prisma asks for a downloaded schema engine even where `generate` never runs it;
// any existing file satisfies the check, so that an install needs no download.
if (process.argv.includes('generate')) process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;

export default defineConfig({
  schema: 'prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://localhost/carryall' },
});
