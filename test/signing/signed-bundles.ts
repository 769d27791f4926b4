import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { Archive } from '../../src/bundle/archive.ts';
import { openOutlet } from '../../src/bundle/outlet.ts';
import { buildBundle } from '../../src/bundle/build.ts';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import { pairOf, type KeyPair, type PublicKey } from '../../src/bundle/sign/key-file.ts';
import type { SigningKeys } from '../../src/bundle/sign/signing-keys.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { isCarryallError, type Fault } from '../../src/errors.ts';
import { addPerson, openExporter, openMemory, owned, type Exporter } from '../bundle/exporter.ts';

/** A key that only the tests know. */
export async function newKey(): Promise<KeyPair & { readonly secret: KeyObject }> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { ...(await pairOf(privateKey)), secret: privateKey };
}

/** Keys of which the first signs. */
function keysOf(active: KeyPair, ...others: readonly KeyPair[]): SigningKeys {
  return { active: async () => signerOf(active), published: async () => [active, ...others] };
}

/** A database with one small person, whose bundles are signed. */
export interface SignedBundles extends AsyncDisposable {
  readonly at: Exporter;
  readonly key: KeyPair & { readonly secret: KeyObject };
  readonly zip: Buffer;
  readonly document: Buffer;
  build(format: 'ZIP' | 'JSON', signing: SigningKeys | undefined): Promise<Buffer>;
  /** Writes the bytes to a file and says where. */
  save(bytes: Buffer): Promise<string>;
  /** The faults that a check of these bytes tells, whether it lists or throws them. */
  faultsOf(bytes: Buffer, keys?: readonly PublicKey[]): Promise<readonly Fault[]>;
}

export async function openSignedBundles(): Promise<SignedBundles> {
  const at = await openExporter();
  await addPerson(at.prisma, 'cp', 'ann', { fullName: 'Ann with a line\u2028separator', email: 'ann@example.nl' });
  await at.prisma.callRecord.createMany({
    data: Array.from({ length: 3 }, (_, index) => ({
      ...owned('cp', 'ann', `call-${index}`),
      calledNumber: `+3161234567${index}`,
      startedAt: new Date(Date.UTC(2026, 9, 1 + index)),
      durationSeconds: 60 * index,
    })),
  });
  const key = await newKey();
  const build: SignedBundles['build'] = async (format, signing) => {
    const memory = openMemory();
    const request = { tenantId: 'cp', subjectId: 'ann', scope: 'ACCESS', format } as const;
    await buildBundle({ ...at.sources, signing }, request, memory.destination);
    return memory.bytes();
  };
  const save: SignedBundles['save'] = async (bytes) => {
    const path = join(await mkdtemp(join(at.folder, 'saved-')), 'bundle');
    await writeFile(path, bytes);
    return path;
  };
  return {
    at,
    key,
    zip: await build('ZIP', keysOf(key)),
    document: await build('JSON', keysOf(key)),
    build,
    save,
    faultsOf: async (bytes, keys = [key]) => {
      const path = await save(bytes);
      try {
        const { faults, signature } = await verifyBundle(path, { keys });
        if (faults.length === 0 && signature.state !== 'HELD') throw new Error('it holds without its signature');
        return faults;
      } catch (error) {
        if (!isCarryallError(error, 'BAD_INPUT')) throw error;
        return [{ path: error.message, reason: error.message }, ...error.faults];
      }
    },
    [Symbol.asyncDispose]: () => at[Symbol.asyncDispose](),
  };
}

/** The files of an archive in their order. */
export type Files = readonly (readonly [path: string, content: Buffer])[];

/** The files of an archive by path, in its order. */
export async function readZip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(bytes);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  return files;
}

/** Takes an archive apart, changes its files, and writes it again as Carryall would. */
export async function rewrite(zip: Buffer, change: (files: Files) => Files | Promise<Files>): Promise<Buffer> {
  const memory = openMemory();
  const files = await change([...(await readZip(zip))]);
  using outlet = openOutlet(memory.destination);
  const archive = new Archive(outlet);
  for (const [path, content] of files) await archive.write(path, Readable.from([content]));
  await archive.finish();
  return memory.bytes();
}

/** Replaces the content of one file. */
export function replace(path: string, change: (content: Buffer) => Buffer | string): (files: Files) => Files {
  return (files) => files.map(([name, content]) => [name, name === path ? Buffer.from(change(content)) : content]);
}
