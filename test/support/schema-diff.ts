import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { DiagnoseMigrationHistoryOutput, SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm';
import { readMigrations } from '../../src/store/migration-files.ts';

interface EngineModule {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: Record<string, unknown>): void;
}

/** The SQL that takes the database at `url` to the datamodel in the folder `schema`; the empty string when it is there. */
export async function diffSchema(url: string, schema: string): Promise<string> {
  const datamodel = await readDatamodel(schema);
  const { stdout } = await withEngine(url, datamodel, (engine) =>
    engine.diff({
      from: { tag: 'schemaDatasource', ...datamodel, configDir: schema },
      to: { tag: 'schemaDatamodel', ...datamodel },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    }),
  );
  return stdout === null || /^\s*-- This is an empty migration\.\s*$/.test(stdout) ? '' : stdout;
}

/** What Prisma itself thinks of the migrations that the database at `url` says were applied from `folder`. */
export async function diagnoseHistory(
  url: string,
  schema: string,
  folder: string,
): Promise<DiagnoseMigrationHistoryOutput> {
  const migrations = await readMigrations(folder);
  const lockfile = {
    path: 'migration_lock.toml',
    content: await readFile(join(folder, 'migration_lock.toml'), 'utf8'),
  };
  const migrationDirectories = migrations.map(({ name, script }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: script } },
  }));
  return withEngine(url, await readDatamodel(schema), (engine) =>
    engine.diagnoseMigrationHistory({
      migrationsList: { baseDir: folder, lockfile, shadowDbInitScript: '', migrationDirectories },
      optInToShadowDatabase: false,
      filters: NO_FILTERS,
    }),
  );
}

const NO_FILTERS = { externalTables: [], externalEnums: [] };

async function withEngine<T>(
  url: string,
  datamodel: SchemasContainer,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await loadEngine();
  await using pool = new CatalogPool({ connectionString: url, max: 1 });
  const adapter = bindMigrationAwareSqlAdapterFactory(new CatalogAdapter(pool));
  const datamodels = datamodel.files.map(({ path, content }): [string, string] => [path, content]);
  using engine = await SchemaEngine.new({ datamodels }, () => {}, adapter);
  return await work(engine);
}

const QUOTED_CHAR = 18;
const QUOTED_CHAR_ARRAY = 1002;

// The adapter refuses PostgreSQL's internal type "char", which the catalogues that the engine reads are full of. It goes
// through as an array of them, a type that the adapter knows and the catalogues do not use, and is put right behind it.
class CatalogPool extends pg.Pool implements AsyncDisposable {
  override query = (async (...args: Parameters<pg.Pool['query']>) => {
    const result = await (super.query(...args) as unknown as Promise<pg.QueryResult>);
    for (const field of result.fields) {
      if (field.dataTypeID === QUOTED_CHAR) field.dataTypeID = QUOTED_CHAR_ARRAY;
    }
    return result;
  }) as pg.Pool['query'];

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

class CatalogAdapter extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const { Character, CharacterArray } = ColumnTypeEnum;
      return { ...result, columnTypes: result.columnTypes.map((type) => (type === CharacterArray ? Character : type)) };
    };
    return adapter;
  }
}

async function readDatamodel(folder: string): Promise<SchemasContainer> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  return {
    files: await Promise.all(
      names.map(async (name) => ({ path: join(folder, name), content: await readFile(join(folder, name), 'utf8') })),
    ),
  };
}

let engineModule: Promise<EngineModule> | undefined;

// Node does not load the package's .wasm by import, so what its index does is done here; once, as the glue is one module.
function loadEngine(): Promise<EngineModule> {
  return (engineModule ??= instantiateEngine());
}

async function instantiateEngine(): Promise<EngineModule> {
  const glue: string = '@prisma/schema-engine-wasm/schema_engine_bg';
  const module = (await import(glue)) as EngineModule;
  // The engine looks for this global when it panics, and without it hides why.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: giveUp } });
  const bytes = await readFile(new URL('./schema_engine_bg.wasm', import.meta.resolve(glue)));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...module } });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return module;
}

// TypeScript has this global's types only together with the browser's.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, object>,
  ): Promise<{ readonly instance: { readonly exports: Record<string, unknown> } }>;
};

function giveUp(message: string): never {
  throw new Error(`The schema engine gave up: ${message}`);
}
