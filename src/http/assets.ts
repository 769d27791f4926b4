import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { CarryallError } from '../errors.ts';

/** What `npm run generate` builds. */
const BUILT = fileURLToPath(new URL('../../src/generated/', import.meta.url));

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
};

/** One file of a page, compressed; its name tells its content, which never changes. */
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

/** Opens a page that was built. Throws BAD_INPUT when it was not. */
export function openAssets(name: 'graphiql' | 'portal'): Assets {
  const folder = `${BUILT}${name}/`;
  const page = readPage(folder, name);
  const names = new Set(readdirSync(`${folder}assets`));
  const read = new Map<string, Promise<Asset>>();
  return {
    page,
    asset: async (file) => {
      // Only what is listed is ever opened, so that a name leads nowhere else.
      const contentType = CONTENT_TYPES[extname(file)];
      if (!names.has(file) || contentType === undefined) return null;
      const known = read.get(file) ?? compress(`${folder}assets/${file}`, contentType);
      read.set(file, known);
      return known;
    },
  };
}

/** A file of a page as it goes out; `whose` is whether caches between here and the browser may keep it. */
export function assetResponse({ contentType, gzip: bytes }: Asset, whose: 'public' | 'private'): Response {
  return new Response(bytes, {
    headers: {
      'content-type': contentType,
      'content-encoding': 'gzip',
      'cache-control': `${whose}, max-age=31536000, immutable`,
    },
  });
}

function readPage(folder: string, name: string): string {
  try {
    return readFileSync(`${folder}index.html`, 'utf8');
  } catch {
    throw new CarryallError('BAD_INPUT', `The page ${name} is asked for and not built: npm run generate builds it.`);
  }
}

async function compress(path: string, contentType: string): Promise<Asset> {
  const bytes = await promisify(gzip)(await readFile(path));
  return { contentType, gzip: new Uint8Array(bytes) };
}
