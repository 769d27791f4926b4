import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTS = [
  ...readdirSync(ROOT),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
].filter((path) => path.endsWith('.md'));

/** Paths in code spans, without what is called in them. */
const PATH = /`((?:src|test|bench|portal|deploy|policies|samples|prisma|docs)\/[\w./@-]*\w\/?)`/g;
/** A test file with the ids of what it shows beside it. */
const SHOWN = /`(test\/[\w./-]+\.test\.ts)` \(([A-Z]+-\d+(?:, [A-Z]+-\d+)*)\)/g;

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');

  test('names files that there are', () => {
    const named = [...text.matchAll(PATH)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('says of tests that they show what they name', () => {
    const shown = [...text.matchAll(SHOWN)].flatMap(([, path = '', ids = '']) =>
      ids.split(', ').map((id) => ({ path, id })),
    );
    const unnamed = shown.filter(({ path, id }) => !readFileSync(join(ROOT, path), 'utf8').includes(id));
    expect(unnamed).toEqual([]);
  });
});

test('the table of the law names tests', () => {
  const law = readFileSync(join(ROOT, 'docs/law.md'), 'utf8');
  expect([...law.matchAll(SHOWN)].length).toBeGreaterThan(5);
});
