import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { CarryallError } from '../../errors.ts';

/** What `npm run generate` made of page/; the same folder from src/ and from dist/. */
const BUILT = fileURLToPath(new URL('../../../src/generated/graphiql/', import.meta.url));

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
};

/** One file of the page, compressed; its name tells its content, which never changes. */
export interface Asset {
  readonly contentType: string;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

export interface Assets {
  /** The page itself, as HTML. */
  readonly page: string;
  /** A file that the page loads; null for any other name. */
  asset(name: string): Promise<Asset | null>;
}

/** Opens the page that was built. Throws BAD_INPUT when it was not. */
export function openAssets(): Assets {
  const page = readPage();
  const names = new Set(readdirSync(`${BUILT}assets`));
  const read = new Map<string, Promise<Asset>>();
  return {
    page,
    asset: async (name) => {
      // Only what is listed is ever opened, so that a name leads nowhere else.
      const contentType = CONTENT_TYPES[extname(name)];
      if (!names.has(name) || contentType === undefined) return null;
      const known = read.get(name) ?? compress(name, contentType);
      read.set(name, known);
      return known;
    },
  };
}

function readPage(): string {
  try {
    return readFileSync(`${BUILT}index.html`, 'utf8');
  } catch {
    throw new CarryallError(
      'BAD_INPUT',
      'GraphiQL is asked for, and its page is not built: npm run generate builds it.',
    );
  }
}

async function compress(name: string, contentType: string): Promise<Asset> {
  const bytes = await promisify(gzip)(await readFile(`${BUILT}assets/${name}`));
  return { contentType, gzip: new Uint8Array(bytes) };
}
