import { addAbortSignal, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { WrittenFile } from './archive.ts';
import { packPieces, textOfPieces, type Piece } from './constant.ts';
import { CsvEncoder } from './csv.ts';
import { JsonList } from './json-list.ts';
import { jsonPieces } from './json-pieces.ts';
import { kept } from './kept.ts';
import { openPacker, packWhole, PACKING_LINES, PACKING_TABLE } from './packer.ts';
import { openSpool } from './spool.ts';
import type { BundleTarget, RowFile, WrittenRows } from './target.ts';
import { INLINE_BYTES, inlineRows, ViewerRows } from './viewer/rows.ts';
import type { FileSink } from './volumes.ts';

/** A target that writes an archive, with scratch files below `workFolder`. */
export function zipTarget(sink: FileSink, workFolder: string): BundleTarget {
  return {
    format: 'ZIP',
    rows: (file) => writeRows(sink, workFolder, file),
    log: (lines) => addPacked(sink, workFolder, 'access-log.ndjson', lines),
    blob: async (path, content, bytes) => sink.write(path, await content(), bytes),
    reserve: (manifest) => sink.reserve((volumes) => packedSize(manifest(volumes))),
    part: (path, value) => (typeof value === 'string' ? sink.write(path, value) : writePart(sink, path, value)),
    page: (path, pieces) => sink.add(path, packPieces(pieces)),
    signature: async (jws) => void (await sink.write('manifest.jws', jws)),
    end: () => sink.finish(),
  };
}

/** Up to here a part is packed in one go: a longer one would keep others waiting. */
const SHORT = 1024 * 1024;

function writePart(sink: FileSink, path: string, value: object): Promise<WrittenFile> {
  // What is frozen may stand in many bundles.
  if (Object.isFrozen(value)) return sink.add(path, packedOnce(value));
  const pieces = jsonPieces(value);
  return isShort(pieces) ? sink.add(path, packPieces(pieces)) : sink.write(path, textOfPieces(pieces));
}

const packedOnce = kept((value: object) => packPieces(jsonPieces(value)));

/** What a part comes to in an archive. */
function packedSize(value: object): number {
  const pieces = jsonPieces(value);
  return (isShort(pieces) ? packPieces(pieces) : packWhole(Buffer.from(textOfPieces(pieces)))).packedBytes;
}

function isShort(pieces: readonly Piece[]): boolean {
  return pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece : piece.text).length, 0) <= SHORT;
}

/**
 * Rows are read once. The JSON, its CSV twin and what the page shows are made side by side: while two threads compress what
 * came before, this one makes what comes next.
 */
async function writeRows(sink: FileSink, workFolder: string, file: RowFile): Promise<WrittenRows> {
  if (file.lines !== null && file.lines.length <= INLINE_BYTES) return writeFew(sink, file, file.lines);
  await using json = openPacker(workFolder, PACKING_LINES);
  await using csv = openPacker(workFolder, PACKING_TABLE);
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

/** The same files of lines that are all there: streams and threads would take longer than they do. */
async function writeFew(sink: FileSink, file: RowFile, lines: Buffer): Promise<WrittenRows> {
  const table = new CsvEncoder(file.names);
  const list = new JsonList();
  const json = file.large ? lines : Buffer.concat([list.take(lines), list.end()]);
  const csv = Buffer.concat([Buffer.from(table.head), table.encode(lines)]);
  const path = `${file.place}/${file.name}`;
  const files = [
    await sink.add(`${path}${file.large ? '.ndjson' : '.json'}`, packWhole(json, PACKING_LINES)),
    await sink.add(`${path}.csv`, packWhole(csv, PACKING_TABLE)),
  ];
  return { files, viewer: { rows: inlineRows(lines, file.rows, file.viewer.months), files: [] } };
}

/** Adds a file of which nobody knows how large it is: a volume must know before it takes one. */
async function addPacked(sink: FileSink, workFolder: string, path: string, content: Readable): Promise<WrittenFile> {
  await using packer = openPacker(workFolder, PACKING_LINES);
  for await (const chunk of addAbortSignal(sink.signal, content) as AsyncIterable<Buffer>) await packer.write(chunk);
  // Awaited here: what it reads is gone when the packer is.
  return await sink.add(path, await packer.end());
}

function show(page: ViewerRows, lines: Buffer): Promise<void> {
  return new Promise((resolve, reject) => page.write(lines, (error) => (error ? reject(error) : resolve())));
}
