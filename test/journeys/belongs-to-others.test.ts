import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { everyObjection } from '../portal/objections.ts';
import { sharedStage } from '../portal/shared-stage.ts';
import { declare, openPage, signIn, type SampleTenant } from '../portal/stage.ts';
import { askForCopy, download, seeStatus } from './portal.ts';

const stage = sharedStage();

test('an end user of a licensee: the request goes to the licensee, by name, and nothing is handed out', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'Dana', 'callrix');
  await askForCopy(stage(), page);
  await seeStatus(page, 'Forwarded');
  await page.getByText('Forwarded to Aegean Advice Ltd').waitFor();
  expect(await page.getByRole('heading', { name: 'Your copy is ready' }).count()).toBe(0);
});

test('somebody at the other end of a customer’s calls: nothing leaves without that customer’s word, nor is it said to be there', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'Otto', 'contractor');
  await page.getByText('Only the one responsible may say whether there is any').first().waitFor();
  await askForCopy(stage(), page);
  await seeStatus(page, 'Waiting for the one responsible');
  await page.getByText('Others are responsible for such data, if there are any.').waitFor();
});

test('a copy that waits for a customer’s word goes on when the customer’s own staff have given it', async () => {
  await using person = await openPage(stage());
  await signIn(stage(), person.page, 'Tess', 'contractor');
  const id = await askForCopy(stage(), person.page);
  await seeStatus(person.page, 'Waiting for the one responsible');

  await using staff = await openPage(stage(), { bypassCSP: true });
  await signIn(stage(), staff.page, 'Petra Privacy', 'contractor');
  await declare(staff.page);
  await staff.page.goto(`${stage().url}/portal/queue/${id}`);
  const waits = staff.page.getByRole('region', { name: 'Waits for an instruction of Bolt' });
  await waits.getByText('No instruction is on record.').waitFor();
  expect(await waits.innerText()).toMatch(/Only they can give it.*\/portal\/instructions/s);
  // What would be refused is not offered.
  const decide = staff.page.getByRole('region', { name: 'Decide' }).getByRole('button');
  expect(await decide.allTextContents()).toEqual(['Forward', 'Extend', 'Refuse']);
  expect(await everyObjection(staff.page)).toEqual([]);

  await using customer = await openPage(stage(), { bypassCSP: true });
  const { page } = customer;
  await signIn(stage(), page, 'Carla', 'contractor');
  // Where the mail leads that asked for it.
  await page.goto(`${stage().url}/portal/queue/${id}`);
  await page.getByRole('heading', { level: 1, name: 'Instructions' }).waitFor();
  expect(await everyObjection(page)).toEqual([]);
  await page.getByRole('button', { name: `Instruct – ${id}` }).click();
  const dialog = page.getByRole('dialog');
  const record = dialog.getByRole('button', { name: 'Record the instruction' });
  await dialog.getByRole('button', { name: 'Choose none' }).click();
  await dialog.getByLabel('From', { exact: true }).fill('2026-06-02');
  await dialog.getByLabel('Until, and including').fill('2026-06-01');
  await dialog.getByLabel('Document, if there is one').fill('a'.repeat(201));
  await record.click();
  for (const fault of ['Choose 1 to 50', 'The last day is before the first.', 'Write at most 200'])
    await dialog.getByText(fault).waitFor();
  expect(await everyObjection(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Choose all' }).click();
  await dialog.getByLabel('Until, and including').fill('');
  await dialog.getByLabel('Document, if there is one').fill('');
  await record.click();
  await page.getByRole('status').getByText('The instruction is recorded.').waitFor();
  await page.getByText('No instruction is wanted').waitFor();
  await page.getByText('May be handed to the person').waitFor();

  await person.page.reload();
  await seeStatus(person.page, 'Ready');
  await staff.page.reload();
  await seeStatus(staff.page, 'Ready');
  await page.getByRole('button', { name: 'Revoke' }).click();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  expect(await page.getByText('Revoked on').count()).toBe(0);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked on').waitFor();
});

test('an administrator speaks for a customer with a document only', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'Adam Administrator', 'contractor');
  await page.getByRole('button', { name: 'Record an instruction' }).click();
  const dialog = page.getByRole('dialog');
  const record = dialog.getByRole('button', { name: 'Record the instruction' });
  await record.click();
  for (const fault of ['Write whose instruction it is.', 'Choose 1 to 50', 'Name the document'])
    await dialog.getByText(fault).waitFor();
  await dialog.getByLabel('Organisation').fill('nobody');
  await dialog.getByRole('checkbox').first().check();
  await dialog.getByLabel('Document in which the controller says so').fill('letter of the day');
  await record.click();
  await dialog.getByRole('alert').getByText('This is not here, or no longer.').waitFor();
  await dialog.getByLabel('Organisation').fill('bolt');
  await dialog.getByLabel('Until, and including').fill('2031-12-31');
  await record.click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByLabel('Organisation').fill('bolt');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('letter of the day').waitFor();
  await page.getByText(/^From .* to 31 December 2031/).waitFor();
});

test('data held for a customer come with the copy once the customer has instructed it, and not before', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'contractor');
  const copy = async (): Promise<Buffer> => {
    await askForCopy(stage(), page);
    await seeStatus(page, 'Ready');
    return readFile(await download(page));
  };
  expect((await copy()).includes('data/recordings.')).toBe(false);
  expect(await page.title()).not.toBe('');

  const { rows } = await stage().pool.query<{ id: string }>(
    `SELECT organisation_id AS id FROM membership WHERE tenant_id = 'contractor' AND subject_id = $1`,
    [stage().subjects.contractor],
  );
  await instruct('contractor', rows[0]?.id ?? '');
  const withRecordings = await copy();
  expect(withRecordings.includes('data/recordings.')).toBe(true);
});

/** An administrator records what the customer instructed in writing. */
async function instruct(tenant: SampleTenant, organisation: string): Promise<void> {
  await using open = await openPage(stage());
  await signIn(stage(), open.page, 'Adam Administrator', tenant);
  const answer = await open.page.evaluate(
    async (variables) => {
      const query = `mutation ($organisation: ID!, $from: DateTime!, $items: [String!]!) {
      recordInstruction(organisation: $organisation, items: $items, purpose: "DATA_SUBJECT_REQUEST", exportAllowed: true,
        from: $from, document: "letter of the day") { id }
    }`;
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-carryall-csrf': '1',
          'x-carryall-purpose': 'DATA_SUBJECT_REQUEST',
          'x-carryall-reason': 'The customer instructed it',
        },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as { errors?: unknown };
    },
    { organisation, from: new Date().toISOString(), items: ['recording.audio'] },
  );
  expect(answer.errors).toBe(undefined);
}
