import { createHash, hash } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import type { WrittenFile } from './archive.ts';
import { JsonList } from './json-list.ts';
import type { Outlet } from './outlet.ts';
import type { BundleTarget } from './target.ts';

/** A target that writes a bundle as one document; binaries have no place in it. */
export function documentTarget(outlet: Outlet): BundleTarget {
  const out = new DocumentWriter(outlet);
  const list = async (name: string, source: Readable): Promise<Omit<WrittenFile, 'path'>> => {
    const digest = createHash('sha256');
    let bytes = 0;
    const rows = new JsonList();
    await out.key(name);
    for await (const lines of addAbortSignal(outlet.signal, source) as AsyncIterable<Buffer>) {
      digest.update(lines);
      bytes += lines.length;
      await out.raw(rows.take(lines));
    }
    await out.raw(rows.end());
    return { bytes, sha256: digest.digest('hex') };
  };
  return {
    format: 'JSON',
    async rows(file) {
      await out.enter(file.place);
      return { files: [{ path: `${file.place}/${file.name}`, ...(await list(file.name, file.open())) }], viewer: null };
    },
    async log(lines) {
      await out.enter(null);
      return { path: 'access-log.ndjson', ...(await list('access-log', wholeLines(lines))) };
    },
    blob: async () => null,
    page: async () => null,
    reserve: async () => null,
    async part(path, value) {
      if (typeof value === 'string') return null;
      const [folder, file] = path.includes('/') ? (path.split('/') as [string, string]) : [null, path];
      await out.enter(folder);
      await out.key(file.replace(/(?:\.schema)?\.json$/, ''));
      const text = JSON.stringify(value);
      await out.raw(text);
      return { path, bytes: Buffer.byteLength(text), sha256: hash('sha256', text) };
    },
    async signature(jws) {
      await out.enter(null);
      await out.key('signature');
      await out.raw(JSON.stringify(jws));
    },
    async end() {
      await out.enter(null);
      await out.raw('\n}\n');
      await outlet.end();
    },
  };
}

/** Writes one object with at most one level of groups below it, a member a line. */
class DocumentWriter {
  readonly #out: Outlet;
  #group: string | null = null;
  #first = true;
  #started = false;

  constructor(out: Outlet) {
    this.#out = out;
  }

  async enter(group: string | null): Promise<void> {
    if (group === this.#group) return;
    if (this.#group !== null) await this.raw('\n}');
    if (this.#group !== null) this.#first = false;
    this.#group = null;
    if (group === null) return;
    await this.key(group);
    await this.raw('{');
    this.#group = group;
    this.#first = true;
  }

  async key(name: string): Promise<void> {
    await this.raw(`${this.#first ? '' : ','}\n${JSON.stringify(name)}:`);
    this.#first = false;
  }

  async raw(chunk: Buffer | string): Promise<void> {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    await this.#out.write(this.#started ? bytes : Buffer.concat([Buffer.from('{'), bytes]));
    this.#started = true;
  }
}

/** The same bytes, cut at the ends of lines. */
function wholeLines(source: Readable): Readable {
  return Readable.from(
    (async function* () {
      let rest: Buffer = Buffer.alloc(0);
      for await (const chunk of source as AsyncIterable<Buffer>) {
        const bytes = Buffer.concat([rest, chunk]);
        const end = bytes.lastIndexOf(NEWLINE) + 1;
        rest = bytes.subarray(end);
        if (end > 0) yield bytes.subarray(0, end);
      }
    })(),
  );
}

const NEWLINE = 10;
