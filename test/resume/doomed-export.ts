// A process that exports and dies on the way, as its argument says.
import { Transform } from 'node:stream';
import { exportBundle } from '../../src/bundle/export-file.ts';
import type { SigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import type { BlobStore } from '../../src/store/blobs.ts';
import { watchFileCalls } from '../support/file-calls.ts';
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

const pool = openPinnedPool(doom.url, doom.snapshot, () => pass('QUERY'));
const sources = sourcesIn(doom, pool);
await watchFileCalls(({ name, of, when }) => {
  if (point.kind !== 'FILE') return;
  const { call, path, after } = point;
  pass('FILE', (when === 'after') === after && (call ?? name) === name && of.includes(path ?? ''));
});
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
