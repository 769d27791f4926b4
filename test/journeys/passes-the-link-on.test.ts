import { expect, test } from 'vitest';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage, signIn } from '../portal/stage.ts';
import { askForCopy, seeStatus } from './portal.ts';

const stage = sharedStage();

test('a link that is passed on to somebody else gives them nothing, and stays good for its person until it is revoked', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await askForCopy(stage(), page);
  await seeStatus(page, 'Ready');
  await page.getByRole('button', { name: 'Make a download link' }).click();
  const link = (await page.getByRole('link', { name: 'Open the download page' }).getAttribute('href')) ?? '';
  expect(link).toContain('/download/');

  await using other = await openPage(stage());
  await signIn(stage(), other.page, 'The customer', 'callnex');
  expect((await other.page.goto(new URL(link, stage().url).href))?.status()).not.toBe(200);

  await page.getByRole('button', { name: 'Revoke the link' }).click();
  await page.getByText('The link is revoked.').waitFor();
  expect((await page.goto(new URL(link, stage().url).href))?.status()).toBe(410);
});
