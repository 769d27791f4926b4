import { createHash, hash } from 'node:crypto';
import { addAbortSignal } from 'node:stream';
import { JsonList } from './json-list.ts';
import type { Outlet } from './outlet.ts';
import type { BundleTarget } from './target.ts';

/** A target that writes a bundle as one document; binaries have no place in it. */
export function documentTarget(outlet: Outlet): BundleTarget {
  const out = new DocumentWriter(outlet);
  return {
    format: 'JSON',
    async rows(file) {
      await out.enter(file.place);
      const digest = createHash('sha256');
      let bytes = 0;
      const list = new JsonList();
      await out.key(file.name);
      for await (const lines of addAbortSignal(outlet.signal, file.open()) as AsyncIterable<Buffer>) {
        digest.update(lines);
        bytes += lines.length;
        await out.raw(list.take(lines));
      }
      await out.raw(list.end());
      const written = { path: `${file.place}/${file.name}`, bytes, sha256: digest.digest('hex') };
      return { files: [written], viewer: null };
    },
    blob: async () => null,
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
