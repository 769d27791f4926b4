import { addAbortSignal, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { WrittenFile } from './archive.ts';
import { CsvEncoder } from './csv.ts';
import { JsonList } from './json-list.ts';
import { openPacker } from './packer.ts';
import { openSpool } from './spool.ts';
import type { BundleTarget, RowFile, WrittenRows } from './target.ts';
import { ViewerRows } from './viewer/rows.ts';
import type { FileSink } from './volumes.ts';

/** A target that writes an archive, with scratch files below `workFolder`. */
export function zipTarget(sink: FileSink, workFolder: string): BundleTarget {
  return {
    format: 'ZIP',
    rows: (file) => writeRows(sink, workFolder, file),
    log: (lines) => addPacked(sink, workFolder, 'access-log.ndjson', lines),
    blob: async (path, content, bytes) => sink.write(path, await content(), bytes),
    reserve: (manifest) => sink.reserve((volumes) => textOf(manifest(volumes))),
    part: (path, value) => sink.write(path, typeof value === 'string' ? value : textOf(value)),
    signature: async (jws) => void (await sink.write('manifest.jws', jws)),
    end: () => sink.finish(),
  };
}

function textOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * Rows are read once. The JSON, its CSV twin and what the page shows are made side by side: while two threads compress what
 * came before, this one makes what comes next.
 */
async function writeRows(sink: FileSink, workFolder: string, file: RowFile): Promise<WrittenRows> {
  await using json = await openPacker(workFolder);
  await using csv = await openPacker(workFolder);
  await using page = new ViewerRows({
    rows: file.rows,
    months: file.viewer.months,
    openSpool: () => openSpool(workFolder),
  });
  // Told to whoever writes to it.
  page.on('error', () => {});
  const table = new CsvEncoder(file.names);
  const list = file.large ? null : new JsonList();
  let taken: Promise<unknown> = csv.write(Buffer.from(table.head));
  let before: Buffer | null = null;
  for await (const lines of addAbortSignal(sink.signal, file.open()) as AsyncIterable<Buffer>) {
    const rows = table.encode(lines);
    await taken;
    if (before !== null) file.recycle(before);
    before = lines;
    taken = Promise.all([json.write(list === null ? lines : list.take(lines)), csv.write(rows), show(page, lines)]);
    // Told where it is awaited, a chunk later.
    taken.catch(() => {});
  }
  await taken;
  if (list !== null) await json.write(list.end());
  const path = `${file.place}/${file.name}`;
  const files = [
    await sink.add(`${path}${file.large ? '.ndjson' : '.json'}`, await json.end()),
    await sink.add(`${path}.csv`, await csv.end()),
  ];
  page.end();
  await finished(page);
  const scripts: WrittenFile[] = [];
  for await (const script of page.files(file.viewer.id))
    scripts.push(await addPacked(sink, workFolder, script.path, script.content));
  return { files, viewer: { rows: page, files: scripts } };
}

/** Adds a file of which nobody knows how large it is: a volume must know before it takes one. */
async function addPacked(sink: FileSink, workFolder: string, path: string, content: Readable): Promise<WrittenFile> {
  await using packer = await openPacker(workFolder);
  for await (const chunk of addAbortSignal(sink.signal, content) as AsyncIterable<Buffer | string>)
    await packer.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  // Awaited here: what it reads is gone when the packer is.
  return await sink.add(path, await packer.end());
}

function show(page: ViewerRows, lines: Buffer): Promise<void> {
  return new Promise((resolve, reject) => page.write(lines, (error) => (error ? reject(error) : resolve())));
}
