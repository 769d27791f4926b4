import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { askForCopy, seeStatus, useRight } from '../journeys/portal.ts';
import { sharedStage } from './shared-stage.ts';
import { declare, openPage, signIn } from './stage.ts';

const stage = sharedStage();

/** What has the focus: its role and the name of the part or button that it is. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const { tagName = '', textContent = '' } = document.activeElement ?? {};
    const title = document.activeElement?.querySelector('h2')?.textContent;
    return `${tagName} ${tagName === 'SECTION' ? title : tagName === 'BUTTON' ? textContent : ''}`.trim();
  });
}

test('the focus stays near when what had it is gone', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.goto(`${stage().url}/portal/rights`);
  await page.getByRole('button', { name: 'Use this right – Correction' }).click();
  await expect.poll(() => focused(page)).toBe('TEXTAREA');
  await useRight(stage(), page, 'Correction', 'My name is misspelt.');
  const withdraw = page.getByRole('button', { name: 'Withdraw the request' });
  await withdraw.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
  await expect.poll(() => focused(page)).toBe('BUTTON Withdraw the request');
  await withdraw.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw the request' }).click();
  await seeStatus(page, 'Withdrawn');
  await expect.poll(() => focused(page)).toBe('MAIN');

  await askForCopy(stage(), page);
  await seeStatus(page, 'Ready');
  await page.getByRole('button', { name: 'Make a download link' }).click();
  await page.getByRole('link', { name: 'Open the download page' }).waitFor();
  await expect.poll(() => focused(page)).toBe('SECTION Your copy is ready');
});

test('the help to check a copy names the file as it is saved', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callrix');
  await askForCopy(stage(), page);
  await seeStatus(page, 'Ready');
  await page.getByText('How to check it').click();
  const help = await page.getByRole('code').allTextContents();
  await page.getByRole('button', { name: 'Make a download link' }).click();
  await page.getByRole('link', { name: 'Open the download page' }).click();
  await page.waitForURL(/\/download\//);
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('a.button').click()]);
  expect(help).toContain(`openssl dgst -sha256 ${file.suggestedFilename()}`);
});

test('a list of requests goes on by itself while copies are made', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callr');
  await page.goto(`${stage().url}/portal/copy`);
  await page.getByRole('radio', { name: 'Both' }).check();
  await page.getByRole('button', { name: 'Ask for the copy' }).click();
  await page.waitForURL(`${stage().url}/portal/requests`);
  await expect.poll(() => page.locator('.badge').allTextContents()).toEqual(['Ready', 'Ready']);
});

test('days are counted as calendars do where the reader is', async () => {
  await using open = await openPage(stage(), { timezoneId: 'Europe/Brussels' });
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'contractor');
  const id = await useRight(stage(), page, 'Objection', 'To all of it.');
  await stage().pool.query(`UPDATE data_subject_request SET due_at = '2031-12-24T15:00Z' WHERE id = $1`, [id]);
  const left = async (now: string): Promise<string | null> => {
    await page.clock.setFixedTime(now);
    await page.goto(`${stage().url}/portal/requests`);
    return page.locator('.due span').textContent();
  };
  expect(await left('2031-12-22T22:59:00Z')).toBe('2 days to go');
  expect(await left('2031-12-22T23:01:00Z')).toBe('1 day to go');
  expect(await left('2031-12-23T23:01:00Z')).toBe('due today');
  expect(await left('2031-12-24T15:01:00Z')).toBe('1 day late');
});

test('amounts are told in their currency, also in what an invoice lists; one record alone is not searched', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.goto(`${stage().url}/portal/data/invoices`);
  const first = page.locator('tbody tr').first();
  await expect.poll(() => first.locator('td[data-label=Amount]').textContent()).toBe('€29.00');
  expect(await first.textContent()).toMatch(/Amount: €29\.00 · Description: 1 × Pro monthly/);
  expect(await page.getByLabel('Search').count()).toBe(1);
  await page.goto(`${stage().url}/portal/data/account`);
  await page.getByRole('status').getByText('1 record', { exact: true }).waitFor();
  expect(await page.getByLabel('Search').count()).toBe(0);
});

test('who answers for what begins with what is answered here, each relation once; a device answers nobody', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await useRight(stage(), page, 'Objection', 'To all of it.');
  const parts = page.getByRole('region', { name: 'Who answers for what' });
  const titles = (): Promise<string[]> => parts.getByRole('heading', { level: 3 }).allTextContents();
  await expect
    .poll(async () => (await titles()).toSorted())
    .toEqual(['Answered by Agenda 2050', 'Ask Stripe', 'Only on the device itself']);
  expect((await titles())[0]).toBe('Answered by Agenda 2050');
  const own = await parts.locator('.card').first().locator('summary .quiet').allTextContents();
  expect(own.toSorted()).toEqual(['as a member of a team', 'as the holder of the account']);
});

test('where nothing is held for others nobody can be asked to instruct; a queue without requests says so', async () => {
  await using admin = await openPage(stage());
  await signIn(stage(), admin.page, 'Adam Administrator', 'callerplugins');
  await admin.page.getByText('CallerPlugins keeps no data for others').waitFor();
  expect(await admin.page.getByRole('button', { name: 'Record an instruction' }).count()).toBe(0);

  await using staff = await openPage(stage());
  await signIn(stage(), staff.page, 'Petra Privacy', 'callnex');
  await declare(staff.page);
  await staff.page.getByRole('status').getByText('Nothing is overdue. Nothing is open.').waitFor();
});
