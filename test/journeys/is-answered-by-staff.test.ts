import { expect, test } from 'vitest';
import { everyObjection } from '../portal/objections.ts';
import { sharedStage } from '../portal/shared-stage.ts';
import { declare, openPage, signIn } from '../portal/stage.ts';
import { askForCopy, download, seeStatus, useRight } from './portal.ts';

const stage = sharedStage();

test('a request is refused by staff, and the person reads why, and where to complain', async () => {
  await using person = await openPage(stage());
  await signIn(stage(), person.page, 'The customer', 'callerplugins');
  const id = await useRight(stage(), person.page, 'Deletion', 'Delete the invoices, too.');

  await using staff = await openPage(stage());
  await signIn(stage(), staff.page, 'Petra Privacy', 'callerplugins');
  await declare(staff.page);
  await staff.page.getByRole('link', { name: /^Deletion/ }).click();
  await staff.page.getByText('Delete the invoices, too.').waitFor();
  // Whoever answers must know for whom.
  const whom = staff.page.locator('dl', { has: staff.page.getByText('Person', { exact: true }) });
  await expect.poll(() => whom.innerText()).toMatch(/Sanne de Wit.*sub_/s);
  await staff.page.getByRole('button', { name: 'Refuse' }).click();
  const dialog = staff.page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await dialog.getByText('Please write at least ten characters.').waitFor();
  await dialog.getByLabel('Ground').selectOption({ label: 'A legal obligation' });
  await dialog.getByLabel('What the person is told').fill('Tax law has us keep invoices for seven years.');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await seeStatus(staff.page, 'Refused');

  await person.page.goto(`${stage().url}/portal/requests/${id}`);
  await seeStatus(person.page, 'Refused');
  const why = person.page.getByRole('region', { name: 'Why it was refused' });
  expect(await why.textContent()).toMatch(/A legal obligation.*seven years.*Autoriteit Persoonsgegevens/s);
});

test('a request that is late stands out; extended with a reason, the person reads until when, and why', async () => {
  await using person = await openPage(stage());
  await signIn(stage(), person.page, 'The customer', 'callnex');
  const id = await useRight(stage(), person.page, 'Objection', 'I object to being scored.');
  await stage().pool.query(
    `UPDATE data_subject_request SET received_at = received_at - interval '20 days', due_at = received_at - interval '2 days 1 hour' WHERE id = $1`,
    [id],
  );

  await using staff = await openPage(stage());
  const { page } = staff;
  await signIn(stage(), page, 'Petra Privacy', 'callnex');
  await declare(page);
  await page.getByText('1 request is overdue.').waitFor();
  await page.getByRole('button', { name: /^Overdue/ }).click();
  expect(await page.locator('tr.row-late').textContent()).toContain('2 days late');
  await page.getByRole('link', { name: /^Objection/ }).click();
  await page.getByRole('button', { name: 'Extend' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason that the person is told').fill('The scores are spread over two systems.');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('to go').waitFor();
  expect(await page.getByRole('button', { name: 'Extend' }).count()).toBe(0);

  await person.page.goto(`${stage().url}/portal/requests/${id}`);
  await person.page.getByText('It takes longer than a month: The scores are spread over two systems.').waitFor();
  expect(await person.page.locator('.due').textContent()).toMatch(/\d+ days to go/);

  await page.getByRole('button', { name: 'Answer' }).click();
  await dialog.getByLabel('What the person is told').fill('We have stopped scoring your calls.');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await seeStatus(page, 'Answered');
  await person.page.reload();
  await person.page.getByText('We have stopped scoring your calls.').waitFor();
});

test('staff say why, in ten characters or more, before anything is shown', async () => {
  await using staff = await openPage(stage());
  const { page } = staff;
  await signIn(stage(), page, 'Petra Privacy', 'callerplugins');
  await page.getByRole('heading', { name: 'Why are you looking?' }).waitFor();
  expect(await page.locator('table').count()).toBe(0);
  await page.getByLabel('Reason').fill('short');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Please write at least ten characters.').waitFor();
  await declare(page);
  await page.getByRole('heading', { name: 'Requests by due date' }).waitFor();
});

test('staff take a copy back that should not have gone out: they see who fetched it, and the person what to do', async () => {
  await using person = await openPage(stage(), { bypassCSP: true });
  await signIn(stage(), person.page, 'The customer', 'callrix');
  const id = await askForCopy(stage(), person.page);
  await seeStatus(person.page, 'Ready');
  await download(person.page);

  await using staff = await openPage(stage(), { bypassCSP: true });
  const { page } = staff;
  await signIn(stage(), page, 'Petra Privacy', 'callrix');
  await declare(page);
  await page.goto(`${stage().url}/portal/queue/${id}`);
  await seeStatus(page, 'Answered');
  const copy = page.getByRole('region', { name: 'The copy' });
  expect(await copy.getByRole('row').nth(1).innerText()).toMatch(/127\.0\.0\..*Fetched whole/s);
  await copy.getByRole('button', { name: 'Take the copy back' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It was fetched whole 1 time.').waitFor();
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  // All that is missing is said at once.
  await dialog.getByText('Please write at least ten characters.').waitFor();
  await dialog.getByText('Please confirm that you mean it.').waitFor();
  expect(await everyObjection(page)).toEqual([]);
  await dialog.getByLabel('Why it is taken back').fill('It named a colleague of theirs.');
  await dialog.getByLabel('I know that this cannot be undone.').check();
  await dialog.getByRole('button', { name: 'Take it back' }).click();
  await dialog.waitFor({ state: 'detached' });
  await seeStatus(page, 'Taken back');
  // The button that had the focus is gone.
  await expect.poll(() => copy.evaluate((part) => part === document.activeElement)).toBe(true);
  expect(await copy.getByRole('button', { name: 'Take the copy back' }).count()).toBe(0);

  await person.page.goto(`${stage().url}/portal/requests/${id}`);
  const note = person.page.getByRole('region', { name: 'The copy was taken back' });
  expect(await note.innerText()).toMatch(
    /If you have the file, please delete it.*makes it again, or answers you here/s,
  );
  expect(await everyObjection(person.page)).toEqual([]);
  expect(await person.page.getByRole('button', { name: 'Make a download link' }).count()).toBe(0);
  expect(await person.page.getByText('It named a colleague').count()).toBe(0);

  await page.getByRole('button', { name: 'Make it again' }).click();
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await dialog.waitFor({ state: 'detached' });
  await seeStatus(page, 'Ready');
  await person.page.reload();
  await seeStatus(person.page, 'Ready');
  await person.page.getByRole('button', { name: 'Make a download link' }).waitFor();
});
