import { expect, test } from 'vitest';
import { ROW_SOURCES } from '../../src/generated/portal-documents/datasets.ts';
import { sharedStage } from './shared-stage.ts';
import { openPage, signIn, type SampleTenant } from './stage.ts';

// Whoever looks at their own data may send the portal's documents and no others.
const stage = sharedStage({ CARRYALL_PERSISTED_ONLY: 'SUBJECT' });

test('somebody without a session signs in and comes back to where they were; signed out, they see nothing more', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await page.goto(`${stage().url}/portal/about`);
  await page.getByRole('heading', { level: 1, name: 'See what is held about you' }).waitFor();
  expect(await page.title()).toBe('See what is held about you');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: /^The customer.* of callerplugins:/s }).click();
  await page.waitForURL(`${stage().url}/portal/about`);
  await page.getByRole('heading', { level: 1, name: 'About your data' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  // At the provider, who asks whether to sign out there as well.
  await page.waitForURL(/\/session\/end/);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(`${stage().url}/portal`);
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
});

test('nothing is loaded from elsewhere, nothing breaks the policy, and no document is sent in words', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/graphql')) sent.push(request.postData() ?? '');
  });
  await signIn(stage(), page, 'The customer', 'callr');
  const before = open.origins.size;
  for (const path of ['', '/data/calls', '/copy', '/requests', '/rights', '/looks', '/about']) {
    await page.goto(`${stage().url}/portal${path}`);
    await page.waitForLoadState('networkidle');
  }
  expect(open.origins.size).toBe(before);
  // The only complaint is the browser's own, of the answer to somebody not yet signed in.
  expect(open.complaints.filter((text) => !text.includes('401'))).toEqual([]);
  expect(sent.length).toBeGreaterThan(7);
  for (const body of sent)
    expect(JSON.parse(body)).toEqual({ documentId: expect.stringMatching(/^sha256:/), variables: expect.anything() });
});

test.each(['callerplugins', 'callrix', 'contractor', 'callnex', 'callr'] as const)(
  'every kind of record of %s has a page that answers',
  async (tenant) => {
    await using open = await openPage(stage());
    const { page } = open;
    await signIn(stage(), page, 'The customer', tenant);
    await page.locator('.tiles').waitFor();
    const listed = await page
      .locator('.holding h3 a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    // What has no page is said to be secret, or not said to be there.
    const unlinked = await page.locator('.holding:not(:has(h3 a))').allTextContents();
    for (const text of unlinked) expect(text).toMatch(/Passwords, keys and tokens|Only the one responsible may say/);
    for (const { field } of ROW_SOURCES) {
      await page.goto(`${stage().url}/portal/data/${field}`);
      await page.locator('.rows, .empty, [role=alert]').first().waitFor();
      expect([field, await page.getByRole('alert').count()]).toEqual([field, 0]);
      if (listed.includes(`/portal/data/${field}`))
        expect([field, await page.locator('.rows, .empty:has-text("are not shown here")').count()]).toEqual([field, 1]);
    }
  },
);

test('records are searched and sorted, and one shows everything, with the reason of what it does not', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.getByRole('link', { name: 'Your calls' }).click();
  const rows = page.locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(6);
  await page.getByLabel('Search').fill('+4420');
  await expect.poll(() => rows.count()).toBe(3);
  await page.getByText('3 found in 6 of 6 records').waitFor();
  await page.getByLabel('Search').fill('nothing like it');
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect.poll(() => rows.count()).toBe(6);
  await page.getByLabel('Sort by').selectOption({ label: 'Duration' });
  const durations = (): Promise<string[]> => page.locator('tbody td[data-label=Duration]').allTextContents();
  expect((await durations()).at(-1)).toContain('341');
  await page.getByRole('button', { name: 'Ascending' }).click();
  expect((await durations())[0]).toContain('341');
  await page
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.textContent()).toMatch(/Calling numberThe policy says that this is not kept\./);
  expect(await dialog.textContent()).toMatch(/Until .* at the latest/);
  expect(await dialog.textContent()).toContain('24 months');
});

/** Calls of its customer, the newest first to +31205550001 and for 1,001 seconds. */
async function addCalls(tenant: SampleTenant, count: number): Promise<void> {
  await stage().pool.query(
    `INSERT INTO call_record (tenant_id, id, subject_id, source_system, called_number, started_at, duration_seconds, status)
     SELECT $1, 'many-' || n, $2, 'test', '+3120555' || lpad(n::text, 4, '0'), now() - n * interval '1 minute', 1000 + n,
       'ANSWERED' FROM generate_series(1, $3) n`,
    [tenant, stage().subjects[tenant], count],
  );
}

test('long lists come page by page', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await addCalls('callnex', 120);
  await signIn(stage(), page, 'The customer', 'callnex');
  await page.goto(`${stage().url}/portal/data/calls`);
  const rows = page.locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(50);
  await page.getByText('50 of 126 records').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => rows.count()).toBe(100);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => rows.count()).toBe(126);
  expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
});

test('a search goes through all records: it tells how far it is, can be stopped, waits when it must, and goes on', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await addCalls('callr', 400);
  await signIn(stage(), page, 'The customer', 'callr');
  await page.goto(`${stage().url}/portal/data/calls`);
  const rows = page.locator('tbody tr');
  await expect.poll(() => rows.count()).toBe(50);
  await page.waitForLoadState('networkidle');
  const next: ('PASS' | 'HANG' | 'WAIT')[] = ['PASS', 'HANG'];
  let letGo = (): void => {};
  await page.route('**/graphql', async (route) => {
    const answer = next.shift() ?? 'PASS';
    const body = { errors: [{ message: 'Too much at once', extensions: { code: 'RATE_LIMITED' } }] };
    if (answer === 'WAIT') return route.fulfill({ status: 429, headers: { 'retry-after': '1' }, json: body });
    if (answer === 'HANG') await new Promise<void>((resolve) => (letGo = resolve));
    return route.continue();
  });
  // It lies beyond what is shown.
  await page.getByLabel('Search').fill('+31205550399');
  await page.getByText('150 of 404 records gone through').waitFor();
  expect([await rows.count(), await page.getByText('Nothing matches').count()]).toEqual([0, 0]);
  await page.getByRole('button', { name: 'Stop' }).click();
  letGo();
  await page.getByText('Nothing matches').waitFor();
  await page.getByText('250 of 404 records gone through').waitFor();
  next.push('WAIT');
  await page.getByRole('button', { name: 'Go through the rest' }).click();
  await page.getByText('A short pause').waitFor();
  await page.getByText('1 found in 404 of 404 records').waitFor();
  expect(await rows.count()).toBe(1);

  // An order is one of all records as well, of which no more are shown than before.
  await page.getByLabel('Search').fill('');
  await page.getByLabel('Sort by').selectOption({ label: 'Duration' });
  await page.getByRole('button', { name: 'Ascending' }).click();
  await rows.first().getByText('1,400').waitFor();
  expect(await rows.count()).toBe(50);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect.poll(() => rows.count()).toBe(100);
});

test('each page has a title of its own, and whoever goes on finds the focus on the new heading', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.getByRole('heading', { level: 1 }).waitFor();
  const titles = new Set<string>();
  for (const name of ['Get a copy', 'Your requests', 'Your rights', 'Who looked', 'About', 'Overview']) {
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    titles.add(await page.title());
  }
  expect(titles.size).toBe(6);
  for (const title of titles) expect(title).toMatch(/ – CallerPlugins$/);
});

test('by keyboard alone: past the head, to a record, into its details and back', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.goto(`${stage().url}/portal/data/calls`);
  await page
    .getByRole('button', { name: /^Details of/ })
    .first()
    .waitFor();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  for (let tabs = 0; tabs < 12; tabs += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')).startsWith('Details of'))
      break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(/^Details of/);
});

test('the portal speaks the language of the account, else of the browser, and always the one that was chosen', async () => {
  await using open = await openPage(stage(), { locale: 'de-AT' });
  const { page } = open;
  await page.goto(`${stage().url}/portal`);
  await page.getByRole('heading', { name: 'Sehen Sie, was über Sie gespeichert ist' }).waitFor();
  await page.getByRole('link', { name: 'Anmelden' }).click();
  await page.getByRole('button', { name: /^The customer.* of callnex:/s }).click();
  await page.getByRole('heading', { level: 1, name: 'Wat er over u wordt bewaard' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('nl');
  await page.getByLabel('Taal').selectOption('fr');
  await page.getByRole('heading', { level: 1, name: 'Ce qui est conservé sur vous' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Ce qui est conservé sur vous' }).waitFor();
  // What is said in words is said in no other language than this; what the policy says is marked as English.
  expect(await page.locator('.holding-kept').first().textContent()).not.toMatch(/\bafter\b|P\d/);
});

test('a passphrase is asked for twice, and a weak one is told to be weak', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.goto(`${stage().url}/portal/copy`);
  await page.getByRole('checkbox', { name: 'Lock it with a passphrase' }).check();
  await page.getByText('Nobody can recover a lost passphrase.').waitFor();
  const first = page.getByRole('textbox', { name: 'Passphrase', exact: true });
  const second = page.getByRole('textbox', { name: 'Passphrase again' });
  await first.fill('aaaaaaaaaaaaaaaaaaaa');
  await page.getByText('Too easy to guess').waitFor();
  await first.fill('short');
  await page.getByRole('button', { name: 'Ask for the copy' }).click();
  await page.getByRole('alert').getByText('Use at least 12 characters.').waitFor();
  await first.fill('four hares under a bridge');
  await page.getByText('Very good').waitFor();
  await second.fill('four hares under a fridge');
  await page.getByRole('alert').getByText('The two passphrases differ.').waitFor();
  expect(page.url()).toBe(`${stage().url}/portal/copy`);
});

test('staff of other kinds are told that the portal is not for them', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'Sam Support', 'callerplugins');
  await page.getByText('Your role is Support.').waitFor();
  expect(await page.getByRole('navigation').count()).toBe(0);
});
