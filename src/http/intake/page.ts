import { htmlText } from '../../bundle/viewer/escape.ts';
import type { Language } from '../../languages.ts';
import { wordPages } from '../word-page.ts';
import { WORDS, type Word } from './words.ts';

const STYLE = `
p{margin:.4rem 0}
ul{margin:.4rem 0;padding-left:1.25rem}
label,legend{font-weight:600;padding:0}
fieldset{border:0;margin:1.5rem 0 0;padding:0}
.field{margin:1.5rem 0 0}
.choice{display:flex;gap:.6rem;align-items:baseline;margin:.35rem 0}
.choice label{font-weight:400}
input[type=text],textarea{display:block;width:100%;margin-top:.35rem;padding:.6rem .7rem;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.4rem}
input.code{max-width:14rem;font:1.35rem/1.3 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.12em}
button{margin-top:1.5rem;padding:.65rem 1.4rem;font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:0;border-radius:.5rem;cursor:pointer}
button.plain{padding:.2rem 0;margin-top:.75rem;color:var(--accent);background:none;text-decoration:underline;font-weight:400}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.fault{color:var(--bad);font-weight:600}
[role=alert]{margin:1rem 0;padding:.75rem 1rem;border-left:4px solid var(--bad)}
[role=status]{margin:1rem 0;padding:.75rem 1rem;border-left:4px solid var(--accent)}
`;

const intakePage = wordPages(STYLE, 'SEND');

/** Says a word of ours, as HTML; what stands in braces is told. */
export type Say = (word: Word, told?: Readonly<Record<string, string>>) => string;

export function sayIn(language: Language, operator: string): Say {
  return (word, told = {}) => {
    const all: Readonly<Record<string, string>> = { operator, ...told };
    return htmlText(WORDS[language][word].replaceAll(/\{(\w+)\}/g, (_whole, name: string) => all[name] ?? ''));
  };
}

/** A page of which `title` and `body` are HTML; its forms go nowhere but here. */
export function page(
  status: number,
  language: Language,
  title: string,
  body: string,
  headers: HeadersInit = {},
): Response {
  return intakePage({ status, language, title, body, headers });
}
