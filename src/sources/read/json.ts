import { open } from 'node:fs/promises';
import type { InputFile, Read } from '../importer.ts';
import { type Containers, expand, readDocument } from './document.ts';
import { readJsonLines } from './lines.ts';
import { unreadable } from './text.ts';

/** The records of a file of JSON: one value a line, or one document. */
export async function* readJson(file: InputFile, containers: Containers): AsyncGenerator<Read> {
  if (!isLines(await head(file))) {
    yield* readDocument(file, containers);
    return;
  }
  for await (const read of readJsonLines(file)) {
    if (read.kind === 'bad') yield read;
    else yield* expand(read.value, read.place, containers);
  }
}

const HEAD = 1024 * 1024;

async function head(file: InputFile): Promise<string> {
  const handle = await open(file.path).catch((error: unknown) => {
    throw unreadable(file.name, error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer
      .toString('utf8', 0, bytesRead)
      .replace(/^\uFEFF/, '')
      .trimStart();
  } catch (error) {
    throw unreadable(file.name, error);
  } finally {
    await handle.close();
  }
}

// A document may stand on one line, or break its first line in the middle of things. In a file of lines the first is an
// object as a whole; where that line is broken, the next one tells.
function isLines(text: string): boolean {
  if (!text.startsWith('{')) return text !== '' && !text.startsWith('[');
  const end = text.indexOf('\n');
  if (end === -1) return text.length < HEAD / 2;
  return (
    isJson(text.slice(0, end)) || (text.slice(0, end).trim().length > 1 && text.slice(end).trimStart().startsWith('{'))
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
