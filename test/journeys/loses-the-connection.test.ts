import { expect, test } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage, signIn } from '../portal/stage.ts';
import { askForCopy, seeStatus } from './portal.ts';

// Nothing is built until a worker comes, so that a person has to wait for as long as the test wants.
const stage = sharedStage({ CARRYALL_WORKERS: '0' });

test('a person loses the connection while watching, is told so, and sees the end when it is back', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  let isCut = false;
  // The stream never gets through, and for a while no question does.
  await page.route('**/graphql', async (route) => {
    const isStream = route.request().headers()['accept'] === 'text/event-stream';
    await (isStream || isCut ? route.abort() : route.continue());
  });
  await askForCopy(stage(), page);
  await seeStatus(page, 'Approved');
  await page.getByText('Looking every few seconds').waitFor();
  isCut = true;
  await page.getByText('No connection;').waitFor();
  isCut = false;
  await page.getByText('Looking every few seconds').waitFor();

  await work(() => seeStatus(page, 'Ready'));
});

test('over a stream alone, somebody who waits sees each change without asking', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callnex');
  await askForCopy(stage(), page);
  await seeStatus(page, 'Approved');
  await page.getByText('Live', { exact: true }).waitFor();

  await work(() => seeStatus(page, 'Ready'));
});

test('whoever has lost the whole server reads that, and goes on with one press of a button', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.route('**/graphql', (route) => route.abort());
  await page.goto(`${stage().url}/portal/looks`);
  await page.getByRole('alert').getByText('The gateway does not answer.').first().waitFor();
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Who looked at your data' }).waitFor();
});

/** A worker of its own, for as long as something takes. */
async function work(meanwhile: () => Promise<void>): Promise<void> {
  const { databaseUrl, folder } = stage();
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const env = { DATABASE_URL: databaseUrl, CARRYALL_DATA: folder };
  const worker = runCli(['work'], env, (kill) => (stop = kill));
  try {
    await meanwhile();
  } finally {
    stop('SIGTERM');
  }
  expect((await worker).code).toBe(0);
}
