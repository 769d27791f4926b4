import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const folder = openTemporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const missing = join(folder.path, 'missing.zip');
mkdirSync(join(folder.path, 'folder'));

test.each([
  ['a bundle that is not there', [missing, '--no-signature'], `${missing} could not be read: there is no such file.`],
  ['a folder', [join(folder.path, 'folder'), '--no-signature'], 'could not be read: it is a folder.'],
  [
    'keys that are not there',
    ['package.json', '--jwks', missing],
    `${missing} could not be read: there is no such file.`,
  ],
  ['another file', ['README.md', '--no-signature'], 'is not a bundle of Carryall'],
])('verify says of %s what is wrong with it', async (_, args, told) => {
  const { code, out, err } = await runCli(['verify', ...args], { CARRYALL_DATA: folder.path });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(told);
});
