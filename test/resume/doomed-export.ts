// A process that exports and dies on the way, as its argument says.
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Transform } from 'node:stream';
import { exportBundle } from '../../src/bundle/export-file.ts';
import type { SigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import type { BlobStore } from '../../src/store/blobs.ts';
import { openPinnedPool } from './pinned-pool.ts';
import { sourcesIn, type Doom, type Point } from './doom.ts';

const { point, ...doom } = JSON.parse(process.argv[2] ?? '') as Doom;

const counts = new Map<string, number>();
/** Stored files are looked at before the first row as well, to see whether there is room for them. */
let isBegun = false;

/** Dies at the wanted passing of a point, and comes back from every other. */
function pass(kind: Point['kind'], isMeant = true): void {
  if (point.kind !== kind || !isMeant) return;
  const count = (counts.get(kind) ?? 0) + 1;
  counts.set(kind, count);
  if ('count' in point && count === point.count) process.kill(process.pid, 'SIGKILL');
}

function dyingBlobs(blobs: BlobStore): BlobStore {
  return {
    ...blobs,
    async open(key) {
      pass('OPEN', isBegun);
      const source = await blobs.open(key);
      return source.pipe(
        new Transform({
          transform(chunk: Buffer, _encoding, callback) {
            pass('CHUNK', isBegun);
            callback(null, chunk);
          },
        }),
      );
    },
  };
}

function dyingSigning(signing: SigningKeys): SigningKeys {
  return {
    ...signing,
    async active() {
      const signer = await signing.active();
      return {
        ...signer,
        sign(payload) {
          pass('SIGN');
          return signer.sign(payload);
        },
      };
    },
  };
}

type Call = (...given: unknown[]) => unknown;

/** Lets the calls to files pass points: before they begin, and once they have ended. */
function watchFiles(): void {
  if (point.kind !== 'FILE') return;
  const { call, path, after } = point;
  const isMeant = (name: string, given: readonly unknown[]): boolean =>
    (call === null || name === call) && (path === null || String(given[0]).includes(path));
  for (const name of ['appendFile', 'mkdir', 'open', 'readFile', 'rename', 'rm', 'stat', 'truncate'] as const) {
    const real = fsPromises[name] as Call;
    (fsPromises as unknown as Record<string, Call>)[name] = async (...given) => {
      if (!after) pass('FILE', isMeant(name, given));
      const result = await real(...given);
      if (after) pass('FILE', isMeant(name, given));
      return result;
    };
  }
  for (const name of ['open', 'write', 'writev', 'read', 'fsync', 'close'] as const) {
    const real = fs[name] as unknown as Call;
    (fs as unknown as Record<string, Call>)[name] = (...given) => {
      if (!after) pass('FILE', isMeant(name, given));
      const done = given.at(-1);
      const told = (...results: unknown[]): unknown => {
        pass('FILE', isMeant(name, given));
        return (done as Call)(...results);
      };
      return real(...(after && typeof done === 'function' ? [...given.slice(0, -1), told] : given));
    };
  }
  syncBuiltinESMExports();
}

const pool = openPinnedPool(doom.url, doom.snapshot, () => pass('QUERY'));
const sources = sourcesIn(doom, pool);
watchFiles();
if (point.kind === 'DELAY') setTimeout(() => process.kill(process.pid, 'SIGKILL'), point.ms);
await exportBundle(
  { ...sources, blobs: dyingBlobs(sources.blobs), signing: dyingSigning(sources.signing) },
  doom.request,
  doom.out,
  {
    volumeBytes: doom.volumeBytes ?? undefined,
    onProgress() {
      isBegun = true;
      pass('ROW');
    },
  },
);
await pool.end();
