import { expect, test } from 'vitest';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage, signIn } from '../portal/stage.ts';
import { seeStatus, useRight } from './portal.ts';

const stage = sharedStage();

test('a person takes a request back, after being asked whether they mean it, and can ask again', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  const id = await useRight(stage(), page, 'Restriction', 'Please do not use my number for now.');
  await seeStatus(page, 'Being decided');
  await page.getByRole('button', { name: 'Withdraw the request' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Withdraw the request' }).click();
  await dialog.getByRole('button', { name: 'Withdraw the request' }).click();
  await seeStatus(page, 'Withdrawn');
  expect(await page.getByRole('button', { name: 'Withdraw the request' }).count()).toBe(0);
  expect(await page.locator('.timeline').textContent()).toContain('Withdrawn');
  expect(await useRight(stage(), page, 'Restriction', 'Now I mean it.')).not.toBe(id);
});
