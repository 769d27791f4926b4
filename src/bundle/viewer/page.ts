import type { Policy } from '../../policy/schema.ts';
import type { Piece } from '../constant.ts';
import type { ViewerModel } from './model.ts';
import type { InformationFacts, ManifestFacts } from './facts.ts';
import { viewerAssets } from './assets.ts';
import { htmlText, scriptJson } from './escape.ts';
import { authorityModel, contactModel, controllerModel, informationModel } from './information.ts';
import { languageOf, LANGUAGES } from '../../languages.ts';
import { localeOf, MESSAGES } from './language.ts';
import { messagesFor } from './page-messages.ts';
import type { ViewerSection } from './section.ts';
import { titleFromName } from './titles.ts';

/** What the page is made of; the manifest is the one that the bundle has, as far as it is known before the page is written. */
export interface ViewerInput {
  /** The subject's language tag; null takes the one that the account's row states. */
  readonly language: string | null;
  readonly policy: Policy;
  readonly manifest: object;
  /** The information of Art. 15; null under PORTABILITY. */
  readonly information: object | null;
  readonly sections: readonly ViewerSection[];
}

/**
 * The pieces of `index.html`: a page that needs no network, and no neighbour for what is small. The same input gives the same
 * bytes. Whatever stands in rows or policies is text in it and never markup.
 */
export function buildViewer(input: ViewerInput): readonly Piece[] {
  const model = modelOf(input);
  const text = JSON.stringify(model);
  const { script, style, contentSecurityPolicy } = viewerAssets();
  const title = MESSAGES[model.language]['ui.title'].replaceAll('{operator}', () => model.operator);
  const rows = input.sections.flatMap(({ model: { id }, inline }) =>
    inline === null ? [] : [`<script type="application/json" id="rows-${htmlText(id)}">${scriptJson(inline)}</script>`],
  );
  return [
    `<!doctype html>
<html lang="${model.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${htmlText(title)}</title>
<style>`,
    style,
    `</style>
</head>
<body>
<noscript><main><h1>${htmlText(title)}</h1>${LANGUAGES.map((each) => `<p lang="${each}">${htmlText(MESSAGES[each]['ui.noscript'])}</p>`).join('')}</main></noscript>
<div id="app"></div>
<script type="application/json" id="model">${scriptJson(text)}</script>
<script type="application/json" id="messages">`,
    messagesFor(text),
    `</script>
${rows.join('\n')}
<script>`,
    script,
    `</script>
</body>
</html>
`,
  ];
}

function modelOf({ language: asked, policy, manifest: whole, information: told, sections }: ViewerInput): ViewerModel {
  const manifest = whole as ManifestFacts;
  const information = told as InformationFacts | null;
  const account = accountOf(sections);
  const tag = asked ?? textOf(account, 'preferredLanguage');
  const language = languageOf(tag);
  return {
    language,
    locale: localeOf(language, tag),
    operator: manifest.tenant.name,
    who: namesOf(account),
    subjectId: manifest.subject.id,
    at: manifest.snapshot.at,
    scope: manifest.scope,
    policy: {
      name: manifest.policy.name,
      version: manifest.policy.version,
      effectiveDate: manifest.policy.effectiveDate,
    },
    controller: controllerModel(policy),
    contact: contactModel(information?.contact, policy),
    authority: authorityModel(policy),
    storedFiles: manifest.files.filter(({ path }) => path.startsWith('files/')).length,
    overdue: manifest.datasets.reduce((sum, { overdue }) => sum + overdue, 0),
    sections: sections.map(({ model }) => model),
    information: information === null ? null : informationModel(information, manifest, policy),
    omissions: manifest.omissions.map(({ dataset, reason, detail, fields, count }) => ({
      section: titleFromName(dataset),
      reason,
      detail: OWN_WORDS.has(reason) ? null : detail,
      fields,
      count,
    })),
    redactions: manifest.redactions.map(({ dataset, rule, count }) => ({
      section: titleFromName(dataset),
      rule,
      count,
    })),
    referrals: manifest.referrals.map(({ name, where, party, quote }) => ({ item: name, where, party, quote })),
  };
}

/** Reasons whose detail says in English what the page says in the reader's language. */
const OWN_WORDS = new Set(['SECRET', 'EXPIRED', 'UNDECLARED', 'MISSING']);

type Row = Readonly<Record<string, unknown>>;

/** The row of the account, where there is just one. */
function accountOf(sections: readonly ViewerSection[]): Row | null {
  const section = sections.find(({ model }) => model.id === 'account');
  if (section === undefined || section.inline === null) return null;
  const rows = JSON.parse(section.inline) as readonly Row[];
  return rows.length === 1 ? (rows[0] ?? null) : null;
}

function namesOf(account: Row | null): string[] {
  const parts = [textOf(account, 'firstName'), textOf(account, 'lastName')].filter((part) => part !== null);
  const name = textOf(account, 'fullName') ?? parts.join(' ');
  return [name, textOf(account, 'email') ?? ''].filter((text) => text !== '');
}

function textOf(row: Row | null, key: string): string | null {
  const value = row?.[key];
  return typeof value === 'string' && value !== '' ? value : null;
}
