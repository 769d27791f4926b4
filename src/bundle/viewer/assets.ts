import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { constant, type Constant } from '../constant.ts';

/**
 * The page's own program and looks. The program is written as modules, which tsc checks and tests load one by one; a page
 * opened from a disk can load none, so they are joined here into one script: each file without its imports and exports,
 * in an order in which what is used at once comes first. Names are unique over all of them; the browser tests hold it.
 */
const MODULES = [
  'dom',
  'messages',
  'format',
  'values',
  'row-store',
  'row-view',
  'record-table',
  'panel-parts',
  'panel',
  'chart',
  'summary',
  'recipients',
  'information',
  'missing',
  'page',
  'main',
] as const;

/** In the order of the cascade. */
const STYLES = [
  'base.css',
  'page.css',
  'tables.css',
  'panels.css',
  'narrow.css',
  'information.css',
  'print.css',
] as const;

interface Assets {
  readonly script: Constant;
  readonly style: Constant;
  /** Nothing may be loaded but what is beside the page; 'self' is for a page that somebody serves. */
  readonly contentSecurityPolicy: string;
}

let loaded: Assets | null = null;

/** The script, the style and the policy that lets only these run; read once. */
export function viewerAssets(): Assets {
  loaded ??= load();
  return loaded;
}

function load(): Assets {
  const script = `(() => {\n'use strict';\n${MODULES.map((name) => asPart(read(`${name}.js`))).join('')}})();`;
  const style = STYLES.map((name) => compact(read(name))).join('');
  const beside = "'self' file:";
  return {
    script: constant(script),
    style: constant(style),
    contentSecurityPolicy: [
      "default-src 'none'",
      `script-src '${hash(script)}' ${beside}`,
      `style-src '${hash(style)}'`,
      `media-src ${beside}`,
      "connect-src 'none'",
      "form-action 'none'",
      "base-uri 'none'",
    ].join('; '),
  };
}

function read(name: string): string {
  return readFileSync(new URL(`client/${name}`, import.meta.url), 'utf8');
}

/** A module without its imports, exports and comments. */
function asPart(source: string): string {
  return compact(source)
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export /gm, '');
}

function compact(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
