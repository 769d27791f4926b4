// No blank, no @, no plus, no long run of digits: names, addresses and numbers of people do not fit.
const CODE = /^(?!.*\d{7})[\w*/][\w.:/*-]{0,99}$/;

/** The text if it is a code, and otherwise a word for all that is none: what leaves as a label or attribute names nobody. */
export function asCode(text: string): string {
  return CODE.test(text) ? text : 'OTHER';
}
