import { hash } from 'node:crypto';
import type { Language } from '../languages.ts';

const BASE = `
:root{color-scheme:light dark;--paper:#fff;--ground:#f5f6f8;--ink:#17202b;--quiet:#505d6c;--line:#7d8997;--edge:#d9dee5;--accent:#0b5c7c;--on-accent:#fff;--bad:#a4161a}
@media(prefers-color-scheme:dark){:root{--paper:#181e26;--ground:#10151b;--ink:#e7ecf2;--quiet:#a8b4c2;--line:#76828f;--edge:#2f3945;--accent:#7cc7e6;--on-accent:#10151b;--bad:#ff9d9d}}
*{box-sizing:border-box}
body{margin:0;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:38rem;margin:6vh auto;padding:1.75rem;background:var(--paper);border:1px solid var(--edge);border-radius:.625rem}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}
.quiet{color:var(--quiet)}
`;

/** A page of which `title` and `body` are HTML. */
export interface WordPage {
  readonly status: number;
  readonly language: Language;
  readonly title: string;
  readonly body: string;
  readonly headers?: HeadersInit;
}

/**
 * Makes pages of words: no script, nothing from anywhere, in no frame, the one style by its digest, kept by nobody.
 * `forms` says whether a page may send one back to where it came from.
 */
export function wordPages(style: string, forms: 'SEND' | 'NONE'): (page: WordPage) => Response {
  const all = BASE + style;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', all, 'base64')}'`,
    "base-uri 'none'",
    `form-action ${forms === 'SEND' ? "'self'" : "'none'"}`,
    "frame-ancestors 'none'",
  ].join('; ');
  return ({ status, language, title, body, headers = {} }) => {
    const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${all}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`;
    const told = new Headers(headers);
    told.set('content-type', 'text/html; charset=utf-8');
    told.set('content-security-policy', policy);
    told.set('cache-control', 'private, no-store');
    told.set('x-robots-tag', 'noindex');
    told.set('vary', 'accept-language');
    return new Response(html, { status, headers: told });
  };
}
