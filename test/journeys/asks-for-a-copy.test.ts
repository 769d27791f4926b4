import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage, signIn } from '../portal/stage.ts';
import { askForCopy, download, seeStatus } from './portal.ts';

const stage = sharedStage();

test('a person signs in, asks for a copy, watches, downloads, and the file is what its manifest says', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await askForCopy(stage(), page);
  await seeStatus(page, 'Ready');
  await page.getByRole('heading', { name: 'Your copy is ready' }).waitFor();
  const sha256 = await page.locator('.copy-text code').first().textContent();
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  const file = await download(page);
  expect(
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  ).toBe(sha256);
  const checked = await runCli(['verify', file, '--jwks', `${stage().url}/.well-known/jwks.json`]);
  expect(checked).toMatchObject({ code: 0, err: '' });
  expect(checked.out).toMatch(/\d+ files and \d+ rows are what the manifest says, signed by the key/);

  await page.goto(`${stage().url}/portal/requests`);
  await expect.poll(() => page.getByRole('region', { name: 'Closed' }).textContent()).toContain('Answered');
});

test('both copies are two requests; each is for its article', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callr');
  await page.goto(`${stage().url}/portal/copy`);
  await page.getByRole('radio', { name: 'Both' }).check();
  await page.getByRole('radio', { name: 'One document (JSON)' }).check();
  await page.getByRole('button', { name: 'Ask for the copy' }).click();
  await page.waitForURL(`${stage().url}/portal/requests`);
  await expect.poll(() => page.locator('.card-row').allTextContents()).toHaveLength(2);
  const listed = (await page.locator('.card-row h3').allTextContents()).toSorted();
  expect(listed).toEqual(['Access', 'Data portability']);
});

test('a locked copy opens with its passphrase and with no other', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callnex');
  const passphrase = 'four hares under a bridge';
  await askForCopy(stage(), page, async () => {
    await page.getByRole('checkbox', { name: 'Lock it with a passphrase' }).check();
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(passphrase);
    await page.getByRole('textbox', { name: 'Passphrase again' }).fill(passphrase);
  });
  await seeStatus(page, 'Ready');
  await page.getByText('Locked with your passphrase').waitFor();
  const file = await download(page);
  const jwks = ['--jwks', `${stage().url}/.well-known/jwks.json`];
  for (const [words, code] of [
    [passphrase, 0],
    ['five hares under a bridge', 1],
  ] as const) {
    const secret = join(stage().folder, `words-${code}`);
    await writeFile(secret, `${words}\n`, { mode: 0o600 });
    expect((await runCli(['verify', file, ...jwks, '--passphrase-file', secret])).code).toBe(code);
  }
});
