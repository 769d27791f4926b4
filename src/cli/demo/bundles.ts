import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exportBundle } from '../../bundle/export-file.ts';
import { verifyBundle } from '../../bundle/verify.ts';
import { SCOPES, type Scope } from '../../catalogue/vocabulary.ts';
import type { Fault } from '../../errors.ts';
import type { Gateway } from '../../gateway.ts';
import type { DemoTenant } from './samples.ts';

/** One bundle of the demo, built and checked. */
export interface DemoBundle {
  readonly tenant: DemoTenant;
  readonly scope: Scope;
  readonly format: 'JSON' | 'ZIP';
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  readonly omissions: number;
  readonly faults: readonly Fault[];
}

/** Builds every kind of bundle for one person of each tenant, and checks each. */
export async function buildDemoBundles(
  gateway: Gateway,
  tenants: readonly DemoTenant[],
  folder: string,
  signal: AbortSignal,
): Promise<DemoBundle[]> {
  await mkdir(folder, { recursive: true });
  const built: DemoBundle[] = [];
  for (const tenant of tenants) {
    for (const scope of SCOPES) {
      for (const format of ['JSON', 'ZIP'] as const) {
        const path = join(folder, `${tenant.id}-${scope.toLowerCase()}.${format.toLowerCase()}`);
        const { rows, omissions, bytes } = await exportBundle(
          { ...gateway, pool: gateway.database.pool },
          { tenantId: tenant.id, subjectId: tenant.subjectId, scope, format },
          path,
          { signal },
        );
        const { faults } = await verifyBundle(path, { keys: await gateway.signing.published() });
        built.push({ tenant, scope, format, path, bytes, rows, omissions, faults });
      }
    }
  }
  return built;
}
