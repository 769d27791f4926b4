import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SCENARIOS, WAITING } from './waiting.ts';

/** The scenarios that the titles of the tests beside this one name. */
async function tested(): Promise<ReadonlySet<string>> {
  const folder = new URL('.', import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  // A test that is skipped or only planned is none.
  const titles = texts.flatMap((text) => [
    ...text.matchAll(/^ *(?:test|describe)(?:\.each\([^)]*\))?\(\s*['"`](AS-\d\d)\b/gm),
  ]);
  return new Set(titles.map(([, id = '']) => id));
}

test('every scenario has its test, and of one that is shown in part it says what the rest waits for', async () => {
  expect(SCENARIOS).toHaveLength(26);
  const found = await tested();
  expect([...found].toSorted()).toEqual([...SCENARIOS]);
  expect(Object.keys(WAITING).filter((id) => !found.has(id))).toEqual([]);
});
