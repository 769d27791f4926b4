import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildBundle, type BundleSources } from '../../src/bundle/build.ts';
import type { OtherParties } from '../../src/bundle/other-parties.ts';
import type { Scope } from '../../src/catalogue/vocabulary.ts';
import { fixedClock } from '../../src/clock.ts';
import { sweepTenant } from '../../src/holdings/sweep.ts';
import { readAsking } from '../../src/requests/asking.ts';
import type { SweepReport } from '../../src/holdings/sweep.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { importFile } from '../../src/sources/import-file.ts';
import type { ImportReport } from '../../src/sources/report.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { openMemory } from '../bundle/exporter.ts';
import { unpack, type Unpacked } from '../bundle/unpack.ts';
import { NOW, openGateway, type TenantId, type TestGateway } from '../graphql/open-gateway.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

/** All doors of one installation, at one instant. */
export interface Stage extends AsyncDisposable, Pick<TestGateway, 'ask' | 'prisma' | 'pool' | 'audit' | 'key'> {
  readonly sources: BundleSources;
  /** What the gateway told its operator of, instead of the client. */
  readonly faults: unknown[];
  export(tenant: TenantId, subjectId: string, scope: Scope, format?: 'ZIP' | 'JSON'): Promise<Unpacked>;
  /** A bundle that goes straight to another controller. */
  exportToController(tenant: TenantId, subjectId: string, otherParties: OtherParties): Promise<Unpacked>;
  sweep(tenant: TenantId): Promise<SweepReport>;
  import(
    tenant: TenantId,
    kind: string,
    name: string,
    content: string,
    options?: { readonly skipBad?: boolean },
  ): Promise<ImportReport>;
}

export const policies = loadPolicies();

/** A bundle in every scope and format. */
export const EVERY_BUNDLE = [
  ['ACCESS', 'ZIP'],
  ['ACCESS', 'JSON'],
  ['PORTABILITY', 'ZIP'],
  ['PORTABILITY', 'JSON'],
] as const;

export async function openStage(): Promise<Stage> {
  await using parts = new AsyncDisposableStack();
  const folder = parts.use(openTemporaryFolder()).path;
  const faults: unknown[] = [];
  const gateway = parts.use(await openGateway({ graphiql: 'EVERYBODY', onFault: (error) => faults.push(error) }));
  const { pool, prisma } = gateway;
  const clock = fixedClock(NOW);
  const sources = {
    pool,
    policies,
    clock,
    blobs: openBlobFolder(join(folder, 'blobs')),
    workFolder: join(folder, 'work'),
  };
  const later = parts.move();
  return {
    ask: (...question) => gateway.ask(...question),
    audit: gateway.audit,
    key: gateway.key,
    prisma,
    pool,
    sources,
    faults,
    export: async (tenantId, subjectId, scope, format = 'ZIP') => {
      const memory = openMemory();
      await buildBundle(sources, { tenantId, subjectId, scope, format }, memory.destination);
      return unpack(memory.bytes(), format);
    },
    exportToController: async (tenantId, subjectId, otherParties) => {
      const memory = openMemory();
      const request = { tenantId, subjectId, scope: 'PORTABILITY', format: 'ZIP', otherParties } as const;
      await buildBundle(sources, request, memory.destination);
      return unpack(memory.bytes(), 'ZIP');
    },
    sweep: (tenant) => sweepTenant({ pool, policies, clock, readAsking, record: async () => {} }, tenant),
    import: async (tenant, kind, name, content, options = {}) => {
      const file = join(folder, name);
      await writeFile(file, content);
      return importFile({ pool, policies, clock, tenant, kind, file, ...options });
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}

/** The fate of an item, as the manifest tells it. */
export function dispositionsOf({ manifest }: Unpacked, itemId: string): readonly Readonly<Record<string, unknown>>[] {
  return manifest.items.find(({ id }) => id === itemId)?.dispositions ?? [];
}

/** The ids of the rows of a file of data, or none. */
export function idsIn(bundle: Unpacked, name: string): readonly unknown[] {
  return (bundle.data.get(name) ?? []).map(({ id }) => id);
}
