import { link, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CarryallError } from '../errors.ts';
import { newId } from '../ids.ts';
import { signedSchema, type SignedCheckpoint } from './checkpoint.ts';

/*
 * The second place: a folder for each tenant, and in it a file for each checkpoint that is written once and never changed.
 * So the place may be a mount that allows no change, and no crash leaves half a line behind.
 */
const FILE = /^(\d{16})(?:\.pruned)?\.json$/;

/** The checkpoints of a tenant. Throws BAD_INPUT for a file that is none. */
export async function readCheckpoints(place: string, tenantId: string): Promise<readonly SignedCheckpoint[]> {
  const checkpoints: SignedCheckpoint[] = [];
  for (const name of await listCheckpoints(place, tenantId)) checkpoints.push(await read(place, tenantId, name));
  return checkpoints;
}

/** The last checkpoint of a tenant up to `seq`, without reading the others; null if there is none. Throws as above. */
export async function readLastCheckpoint(
  place: string,
  tenantId: string,
  seq: number = Number.MAX_SAFE_INTEGER,
): Promise<SignedCheckpoint | null> {
  const name = (await listCheckpoints(place, tenantId)).findLast((each) => Number.parseInt(each, 10) <= seq);
  return name === undefined ? null : read(place, tenantId, name);
}

/** The names of a tenant's checkpoints, in the order of the chain. */
export async function listCheckpoints(place: string, tenantId: string): Promise<readonly string[]> {
  return (await namesIn(folderOf(place, tenantId))).filter((name) => FILE.test(name)).toSorted();
}

async function read(place: string, tenantId: string, name: string): Promise<SignedCheckpoint> {
  const path = join(folderOf(place, tenantId), name);
  const parsed = signedSchema.safeParse(jsonOf(await readFile(path, 'utf8')));
  if (parsed.success && nameOf(parsed.data) === name) return parsed.data;
  throw new CarryallError('BAD_INPUT', `${path} is not the checkpoint that its name says.`);
}

/** The tenants that have checkpoints. */
export async function tenantsWithCheckpoints(place: string): Promise<readonly string[]> {
  return (await namesIn(place)).flatMap((name) => (name.startsWith('.') ? [] : [decodeURIComponent(name)]));
}

/** Keeps a checkpoint, on the disk when this returns. One of the same place that is there already stays. Throws OUTPUT_FAILED. */
export async function writeCheckpoint(place: string, signed: SignedCheckpoint): Promise<void> {
  const folder = folderOf(place, signed.checkpoint.tenantId);
  const partial = join(folder, `.${newId('checkpoint')}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(partial, `${JSON.stringify(signed)}\n`, { flag: 'wx', flush: true });
    try {
      await link(partial, join(folder, nameOf(signed)));
    } finally {
      await rm(partial, { force: true });
    }
    await using handle = await open(folder);
    await handle.sync();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    throw new CarryallError('OUTPUT_FAILED', `${folder} cannot take a checkpoint (${code ?? 'unknown'}).`, { cause });
  }
}

function nameOf({ checkpoint: { seq, kind } }: SignedCheckpoint): string {
  return `${String(seq).padStart(16, '0')}${kind === 'PRUNED' ? '.pruned' : ''}.json`;
}

function folderOf(place: string, tenantId: string): string {
  const name = encodeURIComponent(tenantId).replaceAll('*', '%2A');
  if (name.startsWith('.')) throw new CarryallError('BAD_INPUT', 'The id of a tenant must not begin with a dot.');
  return join(place, name);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new CarryallError('BAD_INPUT', `${folder} cannot be read (${error.code ?? 'unknown'}).`, { cause: error });
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
