import { expect, test } from 'vitest';
import { everyObjection } from './objections.ts';
import { sharedStage } from './shared-stage.ts';
import { openPage } from './stage.ts';

// People come in by a code alone; that the mail server does not answer changes nothing here.
const stage = sharedStage({
  STAGE_PROVIDER: 'none',
  CARRYALL_SMTP: 'smtp://127.0.0.1:9',
  CARRYALL_MAIL_FROM: 'privacy@example.org',
  CARRYALL_OPERATOR_MAIL: 'operator@example.org',
});

test('where nobody can sign in, the portal leads to the page on which one asks by a code', async () => {
  await using open = await openPage(stage(), { bypassCSP: true });
  const { page } = open;
  await page.goto(`${stage().url}/portal/requests`);
  await page.getByRole('heading', { level: 1, name: 'See what is held about you' }).waitFor();
  await page.getByText('You need no account here.').waitFor();
  expect(await page.getByRole('link', { name: /Sign in/ }).count()).toBe(0);
  const button = page.getByRole('button', { name: 'Ask by a code' });
  await button.click();
  await page.getByRole('alert').getByText('Write the short name').waitFor();
  expect(await everyObjection(page)).toEqual([]);
  await page.getByLabel('Short name of the company').fill('CallerPlugins ');
  // The only complaint is the browser's own, of the answer to somebody not signed in.
  expect(open.complaints.filter((text) => !text.includes('401'))).toEqual([]);
  await button.click();
  await page.waitForURL(`${stage().url}/intake/callerplugins`);
  await page.getByLabel('Your e-mail address or telephone number').waitFor();
});

test('whoever was here before need not know the short name again', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await page.goto(`${stage().url}/portal`);
  await page.evaluate(() => localStorage.setItem('carryall.operator', 'callr'));
  await page.reload();
  await page.getByRole('button', { name: 'Ask by a code' }).click();
  await page.waitForURL(`${stage().url}/intake/callr`);
});

test('a gateway that does not say how one comes in is asked again with one press of a button', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await page.route('**/ways-in', (route) => route.abort());
  await page.goto(`${stage().url}/portal`);
  await page.getByRole('alert').getByText('The gateway does not answer.').waitFor();
  await page.unroute('**/ways-in');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Ask by a code' }).waitFor();
});

test('of several providers one is chosen; to sign in anew leads back to where one was, and never to another site', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await page.route('**/ways-in', (route) => route.fulfill({ json: { providers: ['north', 'south'], byCode: false } }));
  const leadsTo = async (path: string): Promise<unknown> => {
    await page.goto(`${stage().url}/portal${path}`);
    await page.getByRole('link', { name: 'Sign in with south' }).waitFor();
    expect(await page.getByRole('button', { name: 'Ask by a code' }).count()).toBe(0);
    const address = await page.getByRole('link', { name: 'Sign in with north' }).getAttribute('href');
    const { pathname, searchParams } = new URL(address ?? '', stage().url);
    expect([pathname, searchParams.get('with')]).toEqual(['/auth/sign-in', 'north']);
    return [searchParams.get('return_to'), searchParams.get('fresh')];
  };
  expect(await leadsTo('/about')).toEqual(['/portal/about', null]);
  const anew = (returnTo: string): string => `/sign-in?return_to=${encodeURIComponent(returnTo)}&fresh=1`;
  expect(await leadsTo(anew('/portal/requests/req_1'))).toEqual(['/portal/requests/req_1', '1']);
  for (const elsewhere of ['https://example.org/portal', '//example.org', '/graphql', '/portals'])
    expect(await leadsTo(anew(elsewhere))).toEqual(['/portal', '1']);
});
