import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { CarryallError } from '../errors.ts';
import type { BundleFile, BundleReader } from './verify.ts';

const GROUP = /^"(data|context|schema)":\{$/;
const ROWS = /^"([a-z0-9-]+)":\[$/;
const MEMBER = /^"([a-z0-9-]+)":(\{.*\}),?$/;

/**
 * Opens a JSON document for reading, a line at a time: rows stand one a line, so a document of any size is read in little
 * memory. The digest of its rows is that of the rows alone, each with its line's end.
 */
export async function bundleDocument(path: string): Promise<BundleReader> {
  const parts = new Map<string, string>();
  for await (const { group, line } of membersOf(path)) {
    const member = MEMBER.exec(line);
    if (member !== null)
      parts.set(group === 'schema' ? `schema/${member[1]}.schema.json` : `${member[1]}.json`, member[2] ?? '');
  }
  return {
    async *files() {
      const lines = membersOf(path);
      for await (const { group, line } of lines) {
        const opening = ROWS.exec(line);
        if (opening !== null && group !== null)
          yield { path: `${group}/${opening[1]}`, bytes: rowsOf(lines) } satisfies BundleFile;
      }
    },
    async part(name) {
      const text = parts.get(name);
      if (text === undefined)
        throw new CarryallError('BAD_INPUT', `${path} has no ${name}: it is not a bundle of Carryall.`);
      return JSON.parse(text) as unknown;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

interface Line {
  readonly group: string | null;
  readonly line: string;
}

async function* membersOf(path: string): AsyncGenerator<Line> {
  let group: string | null = null;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const opening = GROUP.exec(line);
    if (opening !== null) group = opening[1] ?? null;
    else if (line === '}' || line === '},') group = null;
    else yield { group, line };
  }
}

/** Rows up to the closing bracket; the rest of the lines stays with whoever reads them. */
async function* rowsOf(lines: AsyncGenerator<Line>): AsyncGenerator<Buffer> {
  for (let next = await lines.next(); next.done !== true && next.value.line !== ']'; next = await lines.next()) {
    const { line } = next.value;
    yield Buffer.from(`${line.endsWith(',') ? line.slice(0, -1) : line}\n`);
  }
}
