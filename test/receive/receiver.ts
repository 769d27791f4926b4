import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundle } from '../../src/bundle/build.ts';
import type { Trust } from '../../src/bundle/receive/open-verified.ts';
import { receiveBundle, type ReceiveOptions } from '../../src/bundle/receive/receive-bundle.ts';
import type { ReceiveReport } from '../../src/bundle/receive/report.ts';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import type { Scope } from '../../src/catalogue/vocabulary.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { importFile } from '../../src/sources/import-file.ts';
import { openExporter, openMemory, type Exporter } from '../bundle/exporter.ts';
import { newKey } from '../signing/signed-bundles.ts';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));

/** A tenant of the samples. */
export interface SampleTenant {
  readonly id: string;
  readonly policyCode: string;
  readonly name: string;
  readonly country: string;
  readonly files: readonly {
    readonly kind: string;
    readonly file: string;
    readonly dataset?: string;
    readonly mapping?: string;
  }[];
  readonly person: { readonly email: string };
}

export const { tenants: SAMPLE_TENANTS } = JSON.parse(readFileSync(join(SAMPLES, 'manifest.json'), 'utf8')) as {
  readonly tenants: readonly SampleTenant[];
};

/** An installation that exports signed bundles and takes them in again. */
export interface Receiver extends AsyncDisposable, Pick<Exporter, 'pool' | 'prisma' | 'sources' | 'export' | 'folder'> {
  readonly trust: Trust;
  readonly key: Awaited<ReturnType<typeof newKey>>;
  addTenant(id: string, policyCode: string): Promise<void>;
  /** Imports the samples of a tenant; the id of the person whom they are about. */
  seedSamples(tenant: SampleTenant): Promise<string>;
  bundle(tenantId: string, subjectId: string, scope: Scope, format: 'ZIP' | 'JSON'): Promise<Buffer>;
  save(bytes: Buffer): Promise<string>;
  receive(tenantId: string, bytes: Buffer, options?: Partial<ReceiveOptions>): Promise<ReceiveReport>;
  /** Everything in the database and the names of all stored files: equal before and after what wrote nothing. */
  everything(): Promise<unknown>;
}

export async function openReceiver(): Promise<Receiver> {
  const at = await openExporter();
  const key = await newKey();
  const trust: Trust = { kind: 'KEYS', keys: [key] };
  const signing = { active: async () => signerOf(key), published: async () => [key] };
  const blobFolder = join(at.folder, 'blobs');
  const blobs = openBlobFolder(blobFolder);
  const sources = { ...at.sources, blobs, signing };
  const save: Receiver['save'] = async (bytes) => {
    const path = join(await mkdtemp(join(at.folder, 'saved-')), 'bundle');
    await writeFile(path, bytes);
    return path;
  };
  return {
    ...at,
    sources,
    trust,
    key,
    save,
    async addTenant(tenantId, policyCode) {
      await at.prisma.tenant.create({ data: { tenantId, policyCode, name: `Operator ${tenantId}`, country: 'NL' } });
    },
    async seedSamples({ id, policyCode, name, country, files, person }) {
      await at.prisma.tenant.create({ data: { tenantId: id, policyCode, name, country } });
      for (const { kind, file, dataset, mapping } of files)
        await importFile({
          ...sources,
          kind,
          file: join(SAMPLES, file),
          tenant: id,
          dataset,
          mapping: mapping === undefined ? undefined : join(SAMPLES, mapping),
        });
      const { subjectId } = await at.prisma.subjectIdentifier.findFirstOrThrow({
        where: { tenantId: id, kind: 'EMAIL', value: person.email },
      });
      return subjectId;
    },
    async bundle(tenantId, subjectId, scope, format) {
      const memory = openMemory();
      await buildBundle(sources, { tenantId, subjectId, scope, format }, memory.destination);
      return memory.bytes();
    },
    receive: async (tenant, bytes, options = {}) =>
      receiveBundle({ ...sources, tenant, file: await save(bytes), trust, ...options }),
    async everything() {
      const tables = await at.pool.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`,
      );
      const rows: Record<string, unknown> = {};
      for (const { name } of tables.rows)
        rows[name] = (await at.pool.query(`SELECT to_jsonb(t)::text AS row FROM "${name}" t ORDER BY 1`)).rows;
      return { rows, files: await readdir(blobFolder, { recursive: true }).catch(() => []) };
    },
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}
