/** Line breaks to JavaScript and to nobody else; written as codes, so that this file holds none of them. */
const SEPARATORS = new RegExp('[\u2028\u2029]', 'g');

/** JSON that may stand inside a script element: it can end no element and begin no comment. */
export function scriptJson(json: string): string {
  return json.replaceAll('<', '\\u003c').replace(SEPARATORS, escaped);
}

/**
 * Lines of JSON that may stand between the backticks of `String.raw`. What would end them can only occur inside a text of
 * the JSON, where a code may stand for any character; backslashes need nothing, which is why it is raw.
 */
export function scriptText(json: string): string {
  return scriptJson(json).replaceAll('`', '\\u0060').replaceAll('${', '$\\u007b');
}

/** Text of an HTML document. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}
