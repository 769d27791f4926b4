import { hash } from 'node:crypto';
import { PassThrough, Transform, type Readable, type TransformCallback, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeZip, type FileSink, type WrittenFile } from './archive.ts';
import { CsvEncoder } from './csv.ts';
import { Meter } from './meter.ts';
import { openSpool } from './spool.ts';

/** The rows of one file: lines of JSON that passed the gate, to be opened once. */
export interface RowFile {
  readonly place: 'data' | 'context';
  readonly name: string;
  readonly large: boolean;
  readonly rows: number;
  readonly names: readonly string[];
  open(): Readable;
}

/** What receives a bundle: an archive or a document. */
export interface BundleTarget {
  readonly format: 'ZIP' | 'JSON';
  rows(file: RowFile): Promise<readonly WrittenFile[]>;
  /** A stored file; null where the format has no place for binaries. */
  blob(path: string, content: () => Promise<Readable>): Promise<WrittenFile | null>;
  /** A part that is not rows: a schema, the information, the manifest. */
  part(path: string, value: unknown): Promise<WrittenFile | null>;
  /** The signature of the manifest, right after it. */
  signature(jws: string): Promise<void>;
}

/** Which container, and where its scratch files may lie. */
export interface TargetOptions {
  readonly format: 'ZIP' | 'JSON';
  readonly workFolder: string;
}

/** Runs `fill` on a target that writes to `destination`, and settles when everything is out. */
export async function withTarget(
  { format, workFolder }: TargetOptions,
  destination: Writable,
  fill: (target: BundleTarget) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  if (format === 'ZIP') {
    await writeZip(destination, (sink) => fill(zipTarget(sink, workFolder)), signal);
    return;
  }
  const document = new PassThrough();
  const flowing = pipeline(document, destination, ...(signal === undefined ? [] : [{ signal }]));
  const writing = writeDocument(document, fill);
  try {
    await Promise.race([writing, flowing.then(() => writing)]);
  } catch (error) {
    document.destroy(error as Error);
    // Whoever fills may still be reading from a connection that is about to be handed on.
    await Promise.allSettled([flowing, writing]);
    throw error;
  }
  await flowing;
}

/** Rows are read once: while their JSON goes into the archive, its CSV twin is spooled, and follows. */
function zipTarget(sink: FileSink, workFolder: string): BundleTarget {
  return {
    format: 'ZIP',
    async rows(file) {
      const path = `${file.place}/${file.name}`;
      await using spool = await openSpool(workFolder);
      const csv = new CsvEncoder(file.names);
      const spooled = pipeline(csv, spool.writer());
      spooled.catch(() => {});
      const lines = joined(file.open(), new Tee(csv));
      const json = file.large
        ? await sink.write(`${path}.ndjson`, lines)
        : await sink.write(`${path}.json`, joined(lines, new ArrayOfLines()));
      await spooled;
      return [json, await sink.write(`${path}.csv`, spool.reader())];
    },
    blob: async (path, content) => sink.write(path, await content()),
    part: (path, value) => sink.write(path, typeof value === 'string' ? value : `${JSON.stringify(value, null, 2)}\n`),
    signature: async (jws) => void (await sink.write('manifest.jws', jws)),
  };
}

/** Passes on what it gets and gives the same to a second reader, as fast as the slower of the two. */
class Tee extends Transform {
  readonly #second: Writable;

  constructor(second: Writable) {
    super();
    this.#second = second;
    second.once('error', (error) => this.destroy(error));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    if (this.#second.write(chunk)) callback(null, chunk);
    else this.#second.once('drain', () => callback(null, chunk));
  }

  override _flush(callback: TransformCallback): void {
    this.#second.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (error !== null) this.#second.destroy(error);
    callback(error);
  }
}

/** Pipes and hands on errors, so that whoever reads the end learns of a failure at the start. */
function joined<T extends Transform>(source: Readable, last: T): T {
  pipeline(source, last).catch((error: unknown) => last.destroy(error as Error));
  return last;
}

async function writeDocument(document: PassThrough, fill: (target: BundleTarget) => Promise<void>): Promise<void> {
  const out = new DocumentWriter(document);
  await fill({
    format: 'JSON',
    async rows(file) {
      await out.enter(file.place);
      const meter = new Meter();
      const lines = file.open();
      await out.key(file.name);
      await pipeline(
        lines,
        meter,
        new ArrayOfLines(),
        async (source: AsyncIterable<Buffer>) => {
          for await (const chunk of source) await out.raw(chunk);
        },
        { signal: out.closed },
      );
      return [{ path: `${file.place}/${file.name}`, bytes: meter.bytes, sha256: meter.digest() }];
    },
    blob: async () => null,
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
  });
  await out.enter(null);
  await out.end();
}

/** Writes one object with at most one level of groups below it, a member a line. */
class DocumentWriter {
  readonly #out: PassThrough;
  #group: string | null = null;
  #first = true;
  readonly #closing = new AbortController();
  /** Aborts when nobody reads the document any more. */
  readonly closed = this.#closing.signal;

  constructor(out: PassThrough) {
    this.#out = out;
    out.once('close', () => this.#closing.abort());
    out.write('{');
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
    if (this.#out.destroyed) throw this.#out.errored ?? new Error('the document was closed');
    if (!this.#out.write(chunk)) await drained(this.#out);
  }

  async end(): Promise<void> {
    await this.raw('\n}\n');
    this.#out.end();
  }
}

function drained(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      out.off('drain', go).off('close', go);
      resolve();
    };
    out.on('drain', go).on('close', go);
  });
}

/** Lines of JSON as an array, a row a line. */
class ArrayOfLines extends Transform {
  #pending: Buffer | null = null;
  #started = false;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    // The comma of a line is known only when another follows: the last line of each chunk waits.
    const text = (this.#pending?.toString('utf8') ?? '') + chunk.toString('utf8');
    const cut = text.lastIndexOf('\n', text.length - 2);
    const ready = cut < 0 ? '' : text.slice(0, cut);
    this.#pending = Buffer.from(text.slice(cut + 1));
    callback(null, ready === '' ? '' : this.#emit(ready));
  }

  override _flush(callback: TransformCallback): void {
    const last = this.#pending?.toString('utf8').replace(/\n$/, '') ?? '';
    const body = last === '' ? '' : this.#emit(last);
    callback(null, `${this.#started ? body : '['}\n]\n`);
  }

  #emit(lines: string): string {
    const text = `${this.#started ? ',\n' : '[\n'}${lines.replaceAll('\n', ',\n')}`;
    this.#started = true;
    return text;
  }
}
