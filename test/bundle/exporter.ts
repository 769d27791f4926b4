import { join } from 'node:path';
import { Writable } from 'node:stream';
import type pg from 'pg';
import { buildBundle, type BuildOptions, type BundleSources } from '../../src/bundle/build.ts';
import type { BuiltBundle } from '../../src/bundle/finish.ts';
import type { BundleRequest } from '../../src/bundle/prepare.ts';
import type { Scope } from '../../src/catalogue/vocabulary.ts';
import { fixedClock } from '../../src/clock.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { unpack, type Unpacked } from './unpack.ts';

/** The instant at which these tests stand. */
const NOW = '2026-11-22T00:00:00Z';

export const SCOPES = ['ACCESS', 'PORTABILITY'] as const;
export const FORMATS = ['ZIP', 'JSON'] as const;

/** A tenant of each policy. */
export const TENANTS = { cp: 'CP', cx: 'CX', ct: 'CT', cn: 'CN', cr: 'CR' } as const;
export type TenantId = keyof typeof TENANTS;
export const TENANT_IDS = Object.keys(TENANTS) as TenantId[];

export const policies = loadPolicies();

/** A database with a tenant of each policy, from which bundles are built. */
export interface Exporter extends AsyncDisposable {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  readonly sources: BundleSources;
  readonly folder: string;
  /** Builds a bundle into memory and reads it back. */
  export(tenantId: TenantId, subjectId: string, scope: Scope, format?: 'ZIP' | 'JSON'): Promise<Unpacked>;
  /** Builds a bundle into a destination. */
  build(request: BundleRequest, destination: Writable, options?: BuildOptions): Promise<BuiltBundle>;
}

export async function openExporter(): Promise<Exporter> {
  await using parts = new AsyncDisposableStack();
  const database = parts.use(await openTestDatabase());
  const folder = parts.use(openTemporaryFolder()).path;
  const prisma = createPrisma(database.pool);
  parts.defer(() => prisma.$disconnect());
  const sources: BundleSources = {
    pool: database.pool,
    policies,
    clock: fixedClock(NOW),
    blobs: openBlobFolder(join(folder, 'blobs')),
    workFolder: join(folder, 'work'),
  };
  for (const [tenantId, policyCode] of Object.entries(TENANTS)) {
    await prisma.tenant.create({
      data: { tenantId, policyCode, name: `Operator ${policyCode}`, country: 'NL', createdAt: new Date(NOW) },
    });
  }
  const build: Exporter['build'] = (request, destination, options) =>
    buildBundle(sources, request, destination, options);
  const later = parts.move();
  return {
    pool: database.pool,
    prisma,
    sources,
    folder,
    build,
    export: async (tenantId, subjectId, scope, format = 'ZIP') => {
      const memory = openMemory();
      await build({ tenantId, subjectId, scope, format }, memory.destination);
      return unpack(memory.bytes(), format);
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}

/** A destination that keeps what it gets. */
export function openMemory(): { readonly destination: Writable; readonly bytes: () => Buffer } {
  const chunks: Buffer[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      callback();
    },
  });
  return { destination, bytes: () => Buffer.concat(chunks) };
}

/** Keys that every row of a person has. */
export function owned(tenantId: TenantId, subjectId: string, id: string) {
  return { tenantId, subjectId, id, sourceSystem: 'test' };
}

/** A person, found by these identifiers, with an account. */
export async function addPerson(
  prisma: PrismaClient,
  tenantId: TenantId,
  id: string,
  account: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await prisma.subject.create({ data: { tenantId, id, createdAt: new Date('2024-01-01T00:00:00Z') } });
  await prisma.account.create({
    data: { ...owned(tenantId, id, `acc_${id}`), createdAt: new Date('2024-01-01T00:00:00Z'), ...account },
  });
}
