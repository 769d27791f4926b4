import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('../../portal/', import.meta.url);

const messages = Object.fromEntries(
  ['en', 'nl', 'fr', 'de'].map((language) => [
    language,
    JSON.parse(readFileSync(new URL(`language/${language}.json`, FOLDER), 'utf8')) as Record<string, string>,
  ]),
);
const english = messages['en'] ?? {};

const sources = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
  .join('\n');

/** Kinds of messages that are found by a code which the gateway sends, or by the parts of a name. */
const BY_CODE =
  /^(?:status|statusText|bundleStatus|column|transmission|fetch|step|outcome|ground|actor|action|channel|stage|why|error|progress|nav|queue|work|rights|copy|declare)\./;

test.each(['nl', 'fr', 'de'])('%s says all that English says, with the same places for values', (language) => {
  const other = messages[language] ?? {};
  expect(Object.keys(other)).toEqual(Object.keys(english));
  for (const [key, text] of Object.entries(other)) {
    expect(text.trim(), key).not.toBe('');
    expect(placesIn(text), key).toEqual(placesIn(english[key] ?? ''));
  }
});

test('every message is said somewhere', () => {
  const unsaid = Object.keys(english).filter((key) => {
    const stem = key.replace(/\.(?:one|other)$/, '');
    return !BY_CODE.test(key) && !sources.includes(`'${key}'`) && !sources.includes(`'${stem}'`);
  });
  expect(unsaid).toEqual([]);
});

function placesIn(text: string): string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted();
}
