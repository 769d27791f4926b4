import { CarryallError, isCarryallError } from '../errors.ts';
import { collect, type BundleReader } from './bundle-reader.ts';
import { readMembers, type DocumentMember } from './document-layout.ts';
import { readRange, type RandomAccess } from './random-access.ts';
import { readLines } from './read-lines.ts';

/**
 * Opens a JSON document for reading; `path` is for messages. It is read twice: once for its layout, then member by member,
 * so that a document of any size is read in little memory. The digest of its rows is that of the rows alone, each with its
 * line's end. Throws BAD_INPUT.
 */
export async function bundleDocument(path: string, file: RandomAccess): Promise<BundleReader> {
  const members = await readMembers(readLines(file)).catch((error: unknown) => {
    if (!isCarryallError(error)) throw error;
    throw new CarryallError('BAD_INPUT', `${path} is broken: ${error.message}.`, { cause: error });
  });
  return {
    container: 'JSON',
    faults: [],
    *files() {
      for (const member of members) yield { path: member.path, size: null, bytes: bytesOf(file, member) };
    },
    async part(name) {
      const member = members.find((each) => each.path === name);
      return member === undefined ? null : collect(member.end - member.start, bytesOf(file, member));
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

function bytesOf(file: RandomAccess, { path, kind, start, end }: DocumentMember): AsyncGenerator<Buffer> {
  // The signature is a text of JSON, and the bytes of its file are what stands between the quotation marks.
  if (path === 'manifest.jws') return readRange(file, start + 1, end - 1);
  const bytes = readRange(file, start, end);
  return kind === 'ROWS' ? withoutCommas(bytes) : bytes;
}

/** Rows as lines: the layout has shown that a comma before a line's end parts rows, and nothing else. */
async function* withoutCommas(pages: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let held = '';
  for await (const page of pages) {
    const text = held + page.toString('latin1');
    held = text.endsWith(',') ? ',' : '';
    yield Buffer.from(text.slice(0, text.length - held.length).replaceAll(',\n', '\n'), 'latin1');
  }
}
