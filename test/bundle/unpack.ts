import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

/** A row as a bundle has it. */
export type Row = Readonly<Record<string, unknown>>;

/** A manifest, as far as tests look at it. */
export interface Manifest {
  readonly scope: string;
  readonly snapshot: { readonly id: string; readonly at: string };
  readonly policy: { readonly code: string };
  readonly datasets: readonly {
    readonly name: string;
    readonly relation: string;
    readonly expected: Readonly<Record<'data' | 'context', number>>;
    readonly exported: Readonly<Record<'data' | 'context', number>>;
    readonly expired: number;
    readonly overdue: number;
    readonly undeclared: readonly string[];
  }[];
  readonly files: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly dataset?: string;
    readonly rows?: number;
  }[];
  readonly items: readonly {
    readonly id: string;
    readonly item: string;
    readonly retention: { readonly text: string; readonly max?: boolean; readonly triggerStated?: boolean };
    readonly status: string;
    readonly dispositions: readonly Row[];
  }[];
  readonly omissions: readonly {
    readonly dataset: string;
    readonly item: string | null;
    readonly reason: string;
    readonly detail: string | null;
    readonly fields: readonly string[];
    readonly count: number | null;
  }[];
  readonly referrals: readonly Row[];
  readonly redactions: readonly { readonly dataset: string; readonly rule: string; readonly count: number }[];
  readonly assumptions: readonly Row[];
}

/** A text without its digests and made-up ids, in which any four digits come up by chance. */
export const withoutChance = (text: string): string => text.replaceAll(/\b[0-9a-f]{64}\b|\b[a-z]+_[0-9a-z]{24}\b/g, '');

/** A bundle, read back from its bytes. */
export interface Unpacked {
  readonly bytes: Buffer;
  /** The files of an archive; a document is one file. */
  readonly entries: ReadonlyMap<string, Buffer>;
  readonly manifest: Manifest;
  /** Rows by file name, such as `call-records`. */
  readonly data: ReadonlyMap<string, readonly Row[]>;
  readonly context: ReadonlyMap<string, readonly Row[]>;
  readonly schemas: ReadonlyMap<string, object>;
  readonly information: Row | null;
  /** Everything in it, decompressed. */
  readonly text: string;
}

/** Reads a bundle back. */
export async function unpack(bytes: Buffer, format: 'ZIP' | 'JSON'): Promise<Unpacked> {
  return format === 'ZIP' ? fromArchive(bytes, await readZip(bytes)) : fromDocument(bytes);
}

/** The files of an archive, in its order; entries that are not UTF-8 text keep their bytes. */
async function readZip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, file) =>
      error === null ? resolve(file) : reject(error),
    );
  });
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject).on('end', () => resolve());
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error !== null) return reject(error);
        buffer(stream as Readable).then((content) => {
          files.set(entry.fileName, content);
          zip.readEntry();
        }, reject);
      });
    });
    zip.readEntry();
  });
  return files;
}

function fromArchive(bytes: Buffer, entries: Map<string, Buffer>): Unpacked {
  const read = (path: string): unknown => {
    const content = entries.get(path);
    return content === undefined ? null : JSON.parse(content.toString('utf8'));
  };
  const schemas = [...entries.keys()].flatMap((path) => {
    const [, name] = /^schema\/(.+)\.schema\.json$/.exec(path) ?? [];
    return name === undefined ? [] : [[name, read(path) as object] as const];
  });
  return {
    bytes,
    entries,
    manifest: read('manifest.json') as Manifest,
    data: rowsIn(entries, 'data'),
    context: rowsIn(entries, 'context'),
    schemas: new Map(schemas),
    information: read('information.json') as Row | null,
    text: [...entries].map(([path, content]) => `${path}\n${content.toString('utf8')}`).join('\n'),
  };
}

function rowsIn(entries: ReadonlyMap<string, Buffer>, folder: string): Map<string, readonly Row[]> {
  const rows = new Map<string, readonly Row[]>();
  for (const [path, content] of entries) {
    const [, name, ending] = new RegExp(`^${folder}/(.+)\\.(json|ndjson)$`).exec(path) ?? [];
    if (name === undefined) continue;
    const text = content.toString('utf8');
    const read =
      ending === 'json'
        ? (JSON.parse(text) as Row[])
        : text
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Row);
    rows.set(name, read);
  }
  return rows;
}

interface Document {
  readonly data?: Readonly<Record<string, readonly Row[]>>;
  readonly context?: Readonly<Record<string, readonly Row[]>>;
  readonly schema?: Readonly<Record<string, object>>;
  readonly information?: Row;
  readonly manifest: Manifest;
}

function fromDocument(bytes: Buffer): Unpacked {
  const text = bytes.toString('utf8');
  const document = JSON.parse(text) as Document;
  return {
    bytes,
    entries: new Map([['document.json', bytes]]),
    manifest: document.manifest,
    data: new Map(Object.entries(document.data ?? {})),
    context: new Map(Object.entries(document.context ?? {})),
    schemas: new Map(Object.entries(document.schema ?? {})),
    information: document.information ?? null,
    text,
  };
}
