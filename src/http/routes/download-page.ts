import { htmlText } from '../../bundle/viewer/escape.ts';
import { savedAs, type LinkRow } from '../../delivery/link-row.ts';
import { instantText, LANGUAGES, languageOf, LOCALES, type Language } from '../../languages.ts';
import { wordPages } from '../word-page.ts';
import { WORDS, type Word } from './download-words.ts';

const STYLE = `
h2{margin:1.75rem 0 .25rem;font-size:1rem}
p{margin:.5rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.25rem;margin:1.25rem 0}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
code{font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
a.button{display:inline-block;padding:.65rem 1.25rem;border-radius:.5rem;background:var(--accent);color:var(--on-accent);font-weight:600;text-decoration:none}
a.button:hover{text-decoration:underline}
a.button:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
@media(max-width:30rem){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}a.button{display:block;text-align:center}}
`;

const page = wordPages(STYLE, 'NONE');

/** The language that a browser asks for, or English. */
export function languageAsked(headers: Headers): Language {
  const tags = (headers.get('accept-language') ?? '').split(',').map((tag) => tag.split(';')[0]?.trim() ?? '');
  const known = tags.find((tag) => (LANGUAGES as readonly string[]).includes(tag.toLowerCase().split('-')[0] ?? ''));
  return languageOf(known);
}

/** The page of a link that is good: what it leads to, until when, and how to check it. */
export function linkPage(link: LinkRow, operator: string, language: Language, href: string): Response {
  const word = wordsIn(language, operator);
  const { object, scope, sealedFor, madeAt, expiresAt } = link;
  const facts: readonly (readonly [string, string])[] = [
    [word('made'), htmlText(instantText(language, madeAt))],
    [word('until'), htmlText(instantText(language, expiresAt))],
    [word('size'), `${htmlText(new Intl.NumberFormat(LOCALES[language]).format(object.bytes))} ${word('bytes')}`],
    ['SHA-256', `<code>${htmlText(object.sha256)}</code>`],
  ];
  return page({
    status: 200,
    language,
    title: word('title'),
    body: `<p>${word(scope === 'PORTABILITY' ? 'PORTABILITY' : 'ACCESS')}</p>
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>
<p><a class="button" href="${htmlText(href)}" download="${htmlText(savedAs(link))}">${word('download')}</a></p>
<p class="quiet">${word('once')}</p>
${sealedFor === 'NOBODY' ? '' : `<p class="quiet">${word(sealedFor === 'PERSON' ? 'sealed' : 'sealedForOperator')}</p>`}
<h2>${word('checkTitle')}</h2>
<p class="quiet">${word('check')}</p>`,
  });
}

/** A page in place of what was asked for. */
export function problemPage(
  status: number,
  problem: Word,
  language: Language,
  operator: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const word = wordsIn(language, operator);
  const again = status === 410 ? `<p class="quiet">${word('again')}</p>` : '';
  return page({ status, language, title: word('title'), body: `<p>${word(problem)}</p>\n${again}`, headers });
}

function wordsIn(language: Language, operator: string): (word: Word) => string {
  return (word) => htmlText(WORDS[language][word].replaceAll('{operator}', () => operator));
}
