import { createHash } from 'node:crypto';
import { canonicalBytes } from '../../src/bundle/sign/canonical.ts';
import { signerOf } from '../../src/bundle/sign/jws.ts';
import type { KeyPair } from '../../src/bundle/sign/key-file.ts';
import { readZip, rewrite } from '../signing/signed-bundles.ts';

/** A manifest, as far as a forger changes it. */
export interface ForgedManifest {
  scope: string;
  subject: { id: string };
  files: { path: string; bytes: number; sha256: string; rows?: number; dataset?: string }[];
  datasets: { name: string; expected: Record<string, number>; exported: Record<string, number> }[];
  [more: string]: unknown;
}

/** What a forger may change: any file, and the manifest before it is put right. */
export type Forgery = (files: Map<string, Buffer>, manifest: ForgedManifest) => unknown;

/**
 * An archive that somebody with the key made as they liked: manifest, counts, digests and signature are put right after
 * the change, so that only the content is wrong.
 */
export async function forge(zip: Buffer, key: KeyPair, change: Forgery): Promise<Buffer> {
  const files = await readZip(zip);
  const manifest = JSON.parse(String(files.get('manifest.json'))) as ForgedManifest;
  files.delete('manifest.json');
  files.delete('manifest.jws');
  change(files, manifest);
  const known = new Map(manifest.files.map((file) => [file.path, file]));
  manifest.files = [...files].map(([path, content]) => {
    const rows = /^(?:data|context)\/.*json$/.test(path) ? rowsIn(content).length : known.get(path)?.rows;
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { ...known.get(path), path, bytes: content.length, sha256, ...(rows === undefined ? {} : { rows }) };
  });
  for (const dataset of manifest.datasets)
    for (const place of ['data', 'context'])
      dataset.expected[place] = dataset.exported[place] =
        manifest.files.find(({ path }) => new RegExp(`^${place}/${dataset.name}\\.(nd)?json$`).test(path))?.rows ?? 0;
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const jws = await signerOf(key).sign(canonicalBytes(manifest));
  return rewrite(zip, () => [...files, ['manifest.json', Buffer.from(text)], ['manifest.jws', Buffer.from(jws)]]);
}

const LARGEST = 100_000_000;

/** The lines of rows of a file; of one too large for a text, none. */
function rowsIn(content: Buffer): string[] {
  if (content.length > LARGEST) return [];
  const lines = content.toString('latin1').split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => line.replace(/,$/, ''));
}

type Row = Record<string, unknown>;

/** Changes every row of a file of a forged bundle. */
export function changeRows(path: string, change: (row: Row) => unknown): Forgery {
  return (files) => {
    const content = files.get(path) ?? Buffer.alloc(0);
    const rows = rowsIn(Buffer.from(content)).map((line) => {
      const row = JSON.parse(Buffer.from(line, 'latin1').toString()) as Row;
      return JSON.stringify(change(row) ?? row);
    });
    files.set(
      path,
      Buffer.from(path.endsWith('.json') ? `[\n${rows.join(',\n')}\n]\n` : rows.map((row) => `${row}\n`).join('')),
    );
  };
}

/** Changes the schema of a file of a forged bundle. */
export function changeSchema(name: string, change: (schema: { properties: Row } & Row) => unknown): Forgery {
  return (files) => {
    const path = `schema/${name}.schema.json`;
    const schema = JSON.parse(String(files.get(path))) as { properties: Row } & Row;
    change(schema);
    files.set(path, Buffer.from(`${JSON.stringify(schema, null, 2)}\n`));
  };
}
