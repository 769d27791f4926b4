import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROOMS = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
  .map(({ name }) => name);

/** The files, by path and content, that the linter refuses for what they import. */
function refused(files: Readonly<Record<string, string>>): string[] {
  using folder = openTemporaryFolder();
  copyFileSync(join(ROOT, '.oxlintrc.json'), join(folder.path, '.oxlintrc.json'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder.path, path, '..'), { recursive: true });
    writeFileSync(join(folder.path, path), content);
  }
  const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin/oxlint'), ['--format=unix'], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  const paths = stdout.split('\n').filter((line) => line.includes('no-restricted-imports'));
  return paths.map((line) => line.slice(0, line.indexOf(':'))).toSorted();
}

function imports(path: string): string {
  return `export * from '${path}';\n`;
}

test('no room may import the floor at the top', () => {
  const planted = ROOMS.filter((room) => room !== 'cli').map((room) => `src/${room}/planted.ts`);
  const files = Object.fromEntries(planted.map((path) => [path, imports('../cli/run.ts')]));
  expect(refused(files)).toEqual(planted.toSorted());
});

test('rooms on one floor keep apart, and a deeper folder is no way round', () => {
  const upward = {
    'src/ids.ts': imports('./store/sql.ts'),
    'src/gateway.ts': imports('./cli/run.ts'),
    'src/policy/planted.ts': imports('../access/actor.ts'),
    'src/store/planted.ts': imports('../policy/parse.ts'),
    'src/sources/calls/planted.ts': imports('../../holdings/rows.ts'),
    'src/holdings/planted.ts': imports('../sources/importer.ts'),
    'src/http/planted.ts': imports('../config.ts'),
    'src/bundle/planted.ts': "export const builder = () => import('../graphql/builder.ts');\n",
  };
  expect(refused(upward)).toEqual(Object.keys(upward).toSorted());
});

test('a room may import what lies below it', () => {
  const downward = {
    'src/access/planted.ts': imports('../policy/parse.ts'),
    'src/holdings/planted.ts': imports('../store/sql.ts'),
    'src/bundle/planted.ts': imports('../holdings/rows.ts'),
    'src/cli/commands/planted.ts': imports('../../gateway.ts'),
  };
  expect(refused(downward)).toEqual([]);
});
