import { refusal } from './errors.ts';

/** A header of our own, which no form and no image can send: whoever sends it was let by the browser's rules (G-37 to G-40). */
export const CSRF_HEADER = 'x-carryall-csrf';

const JSON_BODY = /^application\/json(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i;
const JSON_ANSWERS = new Set(['*/*', 'application/*', 'application/json', 'application/graphql-response+json']);

/**
 * The rules of a request to /graphql, checked by its headers alone. Throws CSRF_HEADER_REQUIRED, NOT_ACCEPTABLE and
 * UNSUPPORTED_MEDIA_TYPE.
 */
export function assertGraphqlHeaders(method: string, headers: Headers): void {
  if ((headers.get(CSRF_HEADER) ?? '') === '')
    throw refusal('CSRF_HEADER_REQUIRED', `Send the header ${CSRF_HEADER}, with any value.`);
  if (acceptedAnswers(headers) === '' && !wantsStream(method, headers)) throw refusal('NOT_ACCEPTABLE');
  if (method === 'POST' && !JSON_BODY.test(headers.get('content-type')?.trim() ?? ''))
    throw refusal('UNSUPPORTED_MEDIA_TYPE', 'Send the body as application/json, in UTF-8.');
}

const STREAM = 'text/event-stream';

/** Whether a client wants to be told of events, and nothing else. */
export function wantsStream(method: string, headers: Headers): boolean {
  return method === 'POST' && headers.get('accept')?.split(';')[0]?.trim().toLowerCase() === STREAM;
}

/** The kinds of answer that a client accepts and the gateway gives to what is answered once; pages are none of them. */
export function acceptedAnswers(headers: Headers): string {
  const accepted = (headers.get('accept') ?? '*/*').split(',');
  return accepted.filter((range) => JSON_ANSWERS.has(range.split(';')[0]?.trim().toLowerCase() ?? '')).join(',');
}
