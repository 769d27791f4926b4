import { htmlText } from '../../bundle/viewer/escape.ts';
import { instantText, type Language } from '../../languages.ts';
import { CODE_MINUTES } from '../../notices/wording.ts';
import { REQUEST_RIGHTS } from '../../requests/states.ts';
import { page, sayIn, type Say } from './page.ts';
import type { Word } from './words.ts';

/** Whose page it is, and in which language. */
export interface Reading {
  readonly tenantId: string;
  readonly operator: string;
  readonly language: Language;
}

/** What somebody wrote into the form. */
export interface Written {
  readonly address: string;
  readonly right: string;
  readonly format: string;
  readonly details: string;
}

export const NOTHING_WRITTEN: Written = { address: '', right: '', format: 'ZIP', details: '' };

/** A field that is not right, and why. */
export interface FormFault {
  readonly field: 'address' | 'right' | 'details';
  readonly word: Word;
}

const intakePath = ({ tenantId }: Reading): string => `/intake/${tenantId}`;

/** The form on which somebody asks; with faults, what they wrote is there still. */
export function askPage(reading: Reading, written: Written, faults: readonly FormFault[]): Response {
  const say = sayIn(reading.language, reading.operator);
  const faultOf = (field: FormFault['field']): Word | null => faults.find((each) => each.field === field)?.word ?? null;
  const body = `<p>${say('lead')}</p>
${faults.length === 0 ? '' : summary(say, faults)}
<form method="post" action="${intakePath(reading)}" novalidate>
<div class="field">
<label for="address">${say('address')}</label>
<p class="quiet" id="address-hint">${say('addressHint')}</p>
${faultLine(say, 'address', faultOf('address'))}
<input type="text" id="address" name="address" autocomplete="email" required maxlength="254" aria-describedby="address-hint${faultOf('address') === null ? '' : ' address-fault" aria-invalid="true'}" value="${htmlText(written.address)}">
</div>
<fieldset id="right">
<legend>${say('right')}</legend>
${faultLine(say, 'right', faultOf('right'))}
${REQUEST_RIGHTS.map((right) => choice(say, 'right', right, written.right)).join('\n')}
</fieldset>
<fieldset>
<legend>${say('format')}</legend>
${(['ZIP', 'JSON'] as const).map((format) => choice(say, 'format', format, written.format)).join('\n')}
</fieldset>
<div class="field">
<label for="details">${say('details')}</label>
<p class="quiet" id="details-hint">${say('detailsHint')}</p>
${faultLine(say, 'details', faultOf('details'))}
<textarea id="details" name="details" rows="4" maxlength="4000" aria-describedby="details-hint">${htmlText(written.details)}</textarea>
</div>
<button>${say('send')}</button>
<p class="quiet">${say('next')}</p>
</form>`;
  return page(faults.length === 0 ? 200 : 400, reading.language, say('title'), body);
}

function summary(say: Say, faults: readonly FormFault[]): string {
  const lines = faults.map(({ field, word }) => `<li><a href="#${field}">${say(word)}</a></li>`).join('');
  return `<div role="alert"><p>${say('faults')}</p><ul>${lines}</ul></div>`;
}

function faultLine(say: Say, field: string, word: Word | null): string {
  return word === null ? '' : `<p class="fault" id="${field}-fault">${say(word)}</p>`;
}

function choice<N extends 'right' | 'format'>(
  say: Say,
  name: N,
  value: N extends 'right' ? (typeof REQUEST_RIGHTS)[number] : 'ZIP' | 'JSON',
  chosen: string,
): string {
  const id = `${name}-${value}`;
  const label = say(`${name}.${value}` as Word);
  return `<div class="choice"><input type="radio" id="${id}" name="${name}" value="${value}"${value === chosen ? ' checked' : ''}><label for="${id}">${label}</label></div>`;
}

/** What the page of a code tells beside the field. */
export type CodeNews =
  | { readonly kind: 'NONE' | 'ANOTHER_SENT' | 'OVER' | 'LOCKED' }
  | { readonly kind: 'WRONG'; readonly left: number };

/** The page on which the code is entered: the same for an address that is somebody's and one that is nobody's. */
export function codePage(reading: Reading, requestId: string, news: CodeNews): Response {
  const say = sayIn(reading.language, reading.operator);
  const path = `${intakePath(reading)}/${requestId}`;
  const again = `<p><a href="${intakePath(reading)}">${say('startAgain')}</a></p>`;
  if (news.kind === 'LOCKED')
    return page(403, reading.language, say('codeTitle'), `<div role="alert">${say('locked')}</div>${again}`);
  const body = `<p>${say('codeLead', { minutes: String(CODE_MINUTES) })}</p>
${newsLine(say, news)}
<form method="post" action="${path}">
<label for="code">${say('code')}</label>
<input class="code" type="text" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="20"${news.kind === 'WRONG' ? ' aria-invalid="true" aria-describedby="news"' : ''}>
<button>${say('check')}</button>
</form>
<p class="quiet">${say('codeNone')}</p>
<form method="post" action="${path}/again"><button class="plain">${say('another')}</button></form>
${again}`;
  return page(news.kind === 'WRONG' || news.kind === 'OVER' ? 400 : 200, reading.language, say('codeTitle'), body);
}

function newsLine(say: Say, news: CodeNews): string {
  switch (news.kind) {
    case 'NONE':
      return '';
    case 'ANOTHER_SENT':
      return `<div role="status">${say('anotherSent')}</div>`;
    case 'OVER':
      return `<div role="alert">${say('over')}</div>`;
    case 'WRONG':
      return `<div role="alert" id="news">${say('wrong', { left: String(news.left) })}</div>`;
    case 'LOCKED':
      return '';
    default:
      return news satisfies never;
  }
}

/** The page of somebody whose request waits, since an address of theirs is fresh. */
export function heldPage(reading: Reading, until: Date): Response {
  const say = sayIn(reading.language, reading.operator);
  return page(
    200,
    reading.language,
    say('heldTitle'),
    `<p>${say('held', { until: instantText(reading.language, until) })}</p>`,
  );
}

/** The page on which a request that waits is cancelled; opening it changes nothing, since mail is opened by machines too. */
export function cancelPage(reading: Reading, requestId: string): Response {
  const say = sayIn(reading.language, reading.operator);
  const body = `<p>${say('cancelLead')}</p>
<form method="post" action="${intakePath(reading)}/${requestId}/cancel"><button>${say('cancel')}</button></form>`;
  return page(200, reading.language, say('cancelTitle'), body);
}

/** A page that says one thing. */
export function wordPage(status: number, reading: Reading, word: Word, headers: HeadersInit = {}): Response {
  const say = sayIn(reading.language, reading.operator);
  return page(status, reading.language, say('title'), `<p>${say(word)}</p>`, headers);
}
