import { instantText, LOCALES, type Language } from '../languages.ts';
import de from './messages/de.json' with { type: 'json' };
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import nl from './messages/nl.json' with { type: 'json' };

type MessageKey = keyof typeof en;

/** A key that a language lacks is a type error. */
const MESSAGES: { readonly [L in Language]: Readonly<Record<MessageKey, string>> } = { en, nl, fr, de };

/** What a message may speak of: nothing that tells who somebody is, and no token. */
export interface Facts {
  readonly operator: string;
  readonly at: Date;
  readonly request?: string | undefined;
  readonly right?: string | undefined;
  readonly due?: Date | undefined;
  readonly heldUntil?: Date | undefined;
  /** The network of a download, cut short; null where it is not known. */
  readonly network?: string | null | undefined;
  readonly code?: string | undefined;
  readonly minutes?: number | undefined;
}

/** A message in words. */
export interface Rendered {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * The words of a message and a way to the page that it speaks of. Throws TypeError for a fact that the words want and that is
 * not there.
 */
export function render(key: string, language: Language, facts: Facts, url: string | null): Rendered {
  const say = (name: string): string => fill(messageOf(language, name), language, facts);
  const subject = say(`${key}.subject`);
  const paragraphs = say(`${key}.text`).split('\n\n');
  const action = url === null ? null : { label: say(`${key}.action`), url };
  const footer = key === 'code' ? null : say('footer');
  const lines = [...paragraphs, ...(action === null ? [] : [`${action.label}:\n${action.url}`])];
  const text = `${[...lines, ...(footer === null ? [] : [`-- \n${footer}`])].join('\n\n')}\n`;
  return { subject, text, html: page(language, subject, paragraphs, action, footer) };
}

/** Short words, where there is no room for more: a text message. */
export function renderShort(key: string, language: Language, facts: Facts): string {
  return fill(messageOf(language, `${key}.text`), language, facts).split('\n\n')[0] ?? '';
}

function messageOf(language: Language, name: string): string {
  const messages: Readonly<Record<string, string>> = MESSAGES[language];
  const message = messages[name];
  if (message === undefined) throw new TypeError(`No message ${name} in ${language}`);
  return message;
}

function fill(message: string, language: Language, facts: Facts): string {
  return message.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const value = wordOf(name, language, facts);
    if (value === undefined) throw new TypeError(`The message wants ${name}`);
    return value;
  });
}

function wordOf(name: string, language: Language, facts: Facts): string | undefined {
  switch (name) {
    case 'operator':
      return facts.operator;
    case 'at':
      return instantText(language, facts.at);
    case 'heldUntil':
      return facts.heldUntil && instantText(language, facts.heldUntil);
    case 'due':
      return facts.due && day(language, facts.due);
    case 'right':
      return facts.right === undefined ? undefined : messageOf(language, `right.${facts.right}`);
    case 'network':
      return facts.network === null ? messageOf(language, 'network.unknown') : facts.network;
    case 'request':
      return facts.request;
    case 'code':
      return facts.code;
    case 'minutes':
      return facts.minutes?.toString();
    default:
      return undefined;
  }
}

function day(language: Language, at: Date): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

/** One column, the reader's own fonts, and nothing that is fetched: a mail that loads a picture tells who read it, and when. */
function page(
  language: Language,
  title: string,
  paragraphs: readonly string[],
  action: { readonly label: string; readonly url: string } | null,
  footer: string | null,
): string {
  const link =
    action === null
      ? ''
      : `<p style="margin:24px 0"><a href="${escape(action.url)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#0b5c66;color:#ffffff;text-decoration:none">${escape(action.label)}</a></p>
<p style="color:#57606a;font-size:13px">${escape(action.url)}</p>`;
  const note =
    footer === null
      ? ''
      : `<p style="margin-top:32px;padding-top:12px;border-top:1px solid #d0d7de;color:#57606a;font-size:13px">${escape(footer)}</p>`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body style="margin:0;padding:24px 16px;background:#ffffff;color:#1f2328;font:16px/1.5 system-ui,sans-serif">
<main style="max-width:36em;margin:0 auto">
${paragraphs.map((paragraph) => `<p>${escape(paragraph)}</p>`).join('\n')}
${link}
${note}
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
