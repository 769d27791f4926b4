import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import type { AnyDataset } from '../../catalogue/look-up.ts';
import { CarryallError } from '../../errors.ts';
import type { ImportContext } from '../context.ts';
import { BadRow } from '../importer.ts';
import { textOf } from '../values/parts.ts';

const TYPES = new Map([
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mpeg'],
  ['pdf', 'application/pdf'],
  ['json', 'application/json'],
  ['txt', 'text/plain'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
]);

/** Copies the file that a line names to the blob store, and returns the columns that tell of it; the line's own win. */
export async function takeFile(
  context: ImportContext,
  dataset: AnyDataset,
  file: unknown,
  values: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  if (!('blobKey' in dataset.fields)) throw new BadRow(`rows of ${dataset.name} have no file`);
  if (context.blobs === undefined)
    throw new CarryallError('BAD_INPUT', 'The rows name files, and there is no place given to put them.');
  const path = await pathInside(context.folder, textOf(file));
  const content = createReadStream(path);
  try {
    const { key, bytes, sha256 } = await context.blobs.put(context.tenant, content);
    const name = basename(path);
    const contentType = TYPES.get(name.split('.').at(-1)?.toLowerCase() ?? '') ?? 'application/octet-stream';
    return {
      fileName: values['fileName'] ?? name,
      contentType: values['contentType'] ?? contentType,
      bytes,
      sha256,
      blobKey: key,
    };
  } finally {
    content.destroy();
  }
}

// A line must not reach for files beside its own folder, by `..` or by a link.
async function pathInside(folder: string, name: string | null): Promise<string> {
  if (name === null || isAbsolute(name)) throw new BadRow('file must be a path relative to the import file');
  const [root, path] = await Promise.all([realpath(folder), realpath(resolve(folder, name)).catch(() => null)]);
  if (path === null || !(await stat(path)).isFile()) throw new BadRow('file names no file');
  const inside = relative(root, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new BadRow('file must lie in the folder of the import file, or below it');
  return path;
}
