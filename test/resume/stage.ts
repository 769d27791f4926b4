import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { expect } from 'vitest';
import { exportBundle, type ExportedBundle } from '../../src/bundle/export-file.ts';
import { SHIPPED_POLICIES } from '../../src/policy/book.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { addPerson, owned } from '../bundle/exporter.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { NOW, sourcesIn, type Doom, type Point } from './doom.ts';
import { holdSnapshot, openPinnedPool } from './pinned-pool.ts';

/** How many stored files the person has. */
export const STORED_FILES = 5;
const REQUEST = { tenantId: 'cr', subjectId: 'ann', scope: 'ACCESS', format: 'ZIP' } as const;
const CHILD = fileURLToPath(new URL('doomed-export.ts', import.meta.url));

/** The person's data as they were first, and as they became. */
export type State = 'old' | 'new';

/** What is asked of one export. */
export interface Asked {
  readonly state: State;
  readonly volumeBytes?: number;
  readonly now?: string;
  /** Variables of the process that exports, where it has one of its own. */
  readonly surroundings?: Readonly<Record<string, string>>;
}

/** A person with stored files, whose export is killed and asked for again. */
export interface Stage extends AsyncDisposable {
  /** Where builds lie. */
  readonly workFolder: string;
  /** Where a bundle is to lie. */
  out(name: string): string;
  /** Exports in a process of its own that dies; whether it did, before it was done. */
  kill(name: string, point: Point, asked: Asked): Promise<boolean>;
  /** Exports in this process. */
  export(name: string, asked: Asked): Promise<ExportedBundle & { readonly resumed: boolean }>;
  /** Exports all of these at the same time, by one pool of five connections. */
  exportAll(names: readonly string[], asked: Asked): Promise<unknown>;
  /** The bytes of a bundle that nobody interrupted. */
  whole(state: State, now?: string): Promise<Buffer>;
  /** The bundles that some work made, which are removed again. */
  files(work: () => Promise<unknown>): Promise<ReadonlyMap<string, Buffer>>;
  /** Removes all bundles. */
  clear(): Promise<void>;
  /** All files in the folders of builds and bundles, by their path below the stage. */
  everything(): Promise<readonly string[]>;
}

async function locksIn(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ locks: number }>(`SELECT count(*)::int AS locks FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
  return rows[0]?.locks ?? 0;
}

export async function openStage(): Promise<Stage> {
  await using parts = new AsyncDisposableStack();
  const database = parts.use(await openTestDatabase());
  const { url } = database;
  const folder = parts.use(openTemporaryFolder()).path;
  const outFolder = join(folder, 'out');
  for (const name of ['out', 'work', 'policies', 'compiled']) await mkdir(join(folder, name));
  await copyFile(join(SHIPPED_POLICIES, 'callr.yaml'), join(folder, 'policies/callr.yaml'));
  const prisma = createPrisma(database.pool);
  parts.defer(() => prisma.$disconnect());
  await prisma.tenant.create({ data: { tenantId: 'cr', policyCode: 'CR', name: 'Operator', country: 'FR' } });
  await addPerson(prisma, 'cr', 'ann', { firstName: 'Ann', lastName: 'Old' });
  const blobs = openBlobFolder(join(folder, 'blobs'));
  for (let index = 0; index < STORED_FILES; index += 1) {
    const content = noise(`document ${index}`, 150_000 + index * 30_000);
    const { key, bytes, sha256 } = await blobs.put('cr', Readable.from([content]));
    await prisma.legalDocument.create({
      data: {
        ...owned('cr', 'ann', `doc-${index}`),
        kind: 'OTHER',
        contentType: 'application/pdf',
        submittedAt: new Date('2026-01-01T00:00:00Z'),
        fileName: `Old-${index}.pdf`,
        bytes,
        sha256,
        blobKey: key,
      },
    });
  }
  await prisma.callRecord.createMany({
    data: Array.from({ length: 60 }, (_, index) => ({
      ...owned('cr', 'ann', `call-${index}`),
      calledNumber: '+33612345678',
      startedAt: new Date(Date.UTC(2026, 0, 1 + index)),
      realtimeSessionId: 'Old',
    })),
  });
  const before = parts.use(await holdSnapshot(url));
  await prisma.account.updateMany({ data: { lastName: 'New' } });
  await prisma.callRecord.updateMany({ data: { realtimeSessionId: 'New' } });
  await database.pool.query(`UPDATE legal_document SET file_name = 'New-' || id || '.pdf'`);
  const snapshots = { old: before.id, new: parts.use(await holdSnapshot(url)).id } satisfies Record<State, string>;
  const out = (name: string): string => join(outFolder, name);
  const common = { url, folder, request: REQUEST };
  const exportAll = async (names: readonly string[], { state, volumeBytes, now = NOW }: Asked) => {
    const pool = openPinnedPool(url, snapshots[state]);
    try {
      const sources = sourcesIn(common, pool, now);
      return await Promise.all(names.map((name) => exportBundle(sources, REQUEST, out(name), { volumeBytes })));
    } finally {
      await pool.end();
    }
  };
  const exportHere: Stage['export'] = async (name, asked) => {
    const [built] = await exportAll([name], asked);
    return built as ExportedBundle & { readonly resumed: boolean };
  };
  const clear = async (): Promise<void> => {
    for (const name of await readdir(outFolder)) await rm(out(name));
  };
  const files: Stage['files'] = async (work) => {
    await work();
    const names = await readdir(outFolder);
    const found = await Promise.all(names.toSorted().map(async (name) => [name, await readFile(out(name))] as const));
    await clear();
    return new Map(found);
  };
  const known = new Map<string, Buffer>();
  const later = parts.move();
  return {
    workFolder: join(folder, 'work'),
    out,
    async kill(name, point, { state, volumeBytes = null, surroundings = {} }) {
      const doom = { ...common, out: out(name), point, snapshot: snapshots[state], volumeBytes };
      const died = await runChild(doom, { ...surroundings, NODE_COMPILE_CACHE: join(folder, 'compiled') });
      // The server notices a while later, and until then the dead have the lock of their build.
      await expect.poll(() => locksIn(database.pool)).toBe(0);
      return died;
    },
    export: exportHere,
    exportAll,
    async whole(state, now = NOW) {
      const bytes =
        known.get(state + now) ?? (await files(() => exportHere('whole.zip', { state, now }))).get('whole.zip');
      if (bytes === undefined) throw new Error('no bundle was made');
      known.set(state + now, bytes);
      return bytes;
    },
    files,
    clear,
    async everything() {
      const found = await Promise.all(
        ['work', 'out'].map((part) => readdir(join(folder, part), { recursive: true, withFileTypes: true })),
      );
      return found
        .flat()
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
        .toSorted();
    },
    [Symbol.asyncDispose]: () => later.disposeAsync(),
  };
}

/** Bytes that do not compress, and are the same each time. */
function noise(seed: string, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}

/** Runs the child to its end, and tells whether it was killed. Fails when it failed in any other way. */
async function runChild(doom: Doom, surroundings: Readonly<Record<string, string>>): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify(doom)], {
    // Nine tenths of what a child does is to load modules: they are compiled once.
    env: { ...process.env, ...surroundings },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [told, [code, signal]] = await Promise.all([
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, string | null]>,
  ]);
  if (signal === 'SIGKILL') return true;
  if (code !== 0) throw new Error(`the child ended with ${String(code)}: ${told}`);
  return false;
}

/** The bytes of a file; null where there is none. */
export async function bytesAt(path: string): Promise<Buffer | null> {
  return readFile(path).catch(() => null);
}
