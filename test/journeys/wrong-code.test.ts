import { expect, test } from 'vitest';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage } from '../portal/stage.ts';

// Without a server for mail nobody could come in by a code; that this one does not answer changes nothing here.
const stage = sharedStage({
  CARRYALL_SMTP: 'smtp://127.0.0.1:9',
  CARRYALL_MAIL_FROM: 'privacy@example.org',
  CARRYALL_OPERATOR_MAIL: 'operator@example.org',
});

test('whoever enters a wrong code five times is told to begin again later, and the request stays unproven', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await page.goto(`${stage().url}/intake/callerplugins`);
  await page.getByLabel('Your e-mail address or telephone number').fill('sanne.dewit@example.nl');
  await page.getByLabel('A copy of my data').check();
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
  const requestId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  for (const left of [4, 3, 2, 1]) {
    await page.getByLabel('Code').fill(`0000000${left}`);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(`Tries left: ${left}.`).waitFor();
  }
  await page.getByLabel('Code').fill('00000000');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('There were too many tries').waitFor();
  expect(await page.getByLabel('Code').count()).toBe(0);
  const { rows } = await stage().pool.query(`SELECT status, subject_id FROM data_subject_request WHERE id = $1`, [
    requestId,
  ]);
  expect(rows).toEqual([{ status: 'AWAITING_IDENTITY', subject_id: null }]);
  // Nobody got in: the browser is still a stranger's.
  expect((await page.goto(`${stage().url}/auth/me`))?.status()).toBe(401);
});
