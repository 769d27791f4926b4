import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openBrowser, openPage } from './browser.ts';
import { SAMPLE_ROWS } from './sample-rows.ts';
import { layOut } from './sample.ts';

const HOSTILE = [
  '<img src=x onerror="document.title=\'owned\'">',
  '</script><script>document.title="owned"</script>',
  'line\u2028separator\u2029end',
  'שלום עולם ‮evil‬',
  '👩‍👩‍👧‍👦 emoji',
  'w'.repeat(10_000),
  '${document.title="owned"}`',
];

describe('the page, opened from a disk', () => {
  const folder = openTemporaryFolder();
  let browser: Browser;
  let index = '';

  beforeAll(async () => {
    browser = await openBrowser();
    index = await layOut({ folder: folder.path });
  });
  afterAll(async () => {
    await browser.close();
    folder[Symbol.dispose]();
  });

  test('asks for nothing but itself, and the browser has nothing to complain about', async () => {
    await using open = await openPage(browser, index);
    await open.page.getByRole('button', { name: 'Open all' }).click();
    expect(open.complaints).toEqual([]);
    expect(open.requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });

  test('lets nothing out, even for a script that wants to', async () => {
    await using open = await openPage(browser, index);
    const blocked = await open.page.evaluate(async () => {
      const told: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => told.push(event.effectiveDirective));
      await fetch('https://example.com/').catch(() => {});
      const image = document.createElement('img');
      image.src = 'https://example.com/x.png';
      const script = document.createElement('script');
      script.src = 'https://example.com/x.js';
      document.body.append(image, script);
      const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));
      // Until all have told, however slow; then for one too many.
      for (let rests = 0; told.length < 3 && rests < 100; rests += 1) await rest();
      await rest();
      return told;
    });
    expect(blocked.toSorted()).toEqual(['connect-src', 'img-src', 'script-src-elem']);
  });

  test('says first whose data, from whom, of when and under which policy, and what to do next', async () => {
    await using open = await openPage(browser, index);
    const summary = open.page.getByRole('region', { name: 'Summary' });
    const text = await summary.innerText();
    for (const part of [
      'Lotte Peeters',
      'CallNex BV',
      'Nov 22, 2026, 7:01',
      'version 2025-05',
      'Access (GDPR, Art. 15)',
      '154 records',
      'What you can do next',
      'support@callnex.nl',
      '1 record is kept beyond its time',
    ])
      expect(text.replaceAll(/\s+/g, ' ')).toContain(part);
  });

  test('tells the information of Art. 15(1)(a) to (h)', async () => {
    await using open = await openPage(browser, index);
    const text = await open.page.getByRole('region', { name: 'How your data are used' }).innerText();
    for (const letter of 'abcdefgh') expect(text).toContain(`Art. 15(1)(${letter})`);
    for (const part of [
      'Providing and operating the CallNex platform',
      'a contract with you',
      'Stripe Payments Europe Ltd',
      'Ireland',
      '30 days after the account was closed',
      '7 years after the invoice was issued',
      'Gegevensbeschermingsautoriteit (GBA)',
      'Provided by you',
      'twilio',
    ])
      expect(text).toContain(part);
  });

  test('writes values for people, and keeps what they are exactly', async () => {
    await using open = await openPage(browser, index);
    const { page } = open;
    await page.getByRole('button', { name: 'Open all' }).click();
    const invoices = page.getByRole('table', { name: 'Your invoices' });
    await expect(invoices.locator('time').first().getAttribute('datetime')).resolves.toBe('2026-11-01T00:00:00+00:00');
    const text = await invoices.innerText();
    expect(text).toContain('€99.00');
    expect(text).toContain('¥120,000');
    const recordings = page.getByRole('table', { name: 'Recordings of your calls' });
    await expect(recordings.getByRole('row').filter({ hasText: 'Kept beyond its time' }).count()).resolves.toBe(1);
    await expect(recordings.getByRole('link', { name: 'Open cn-call-2.wav' }).getAttribute('href')).resolves.toBe(
      'files/recordings/recording_1.wav',
    );
  });

  test('finds without capitals, by word, number and date, and says how many', async () => {
    await using open = await openPage(browser, index);
    const { page } = open;
    await page.getByRole('button', { name: /^Your calls/ }).click();
    const search = page.getByRole('searchbox', { name: 'Search in Your calls' });
    const status = page
      .getByRole('region', { name: 'Your data', exact: true })
      .getByRole('status')
      .filter({ hasText: 'of 140' });
    await search.fill('INCOMING january');
    await expect(status.textContent()).resolves.toMatch(/^15 of 140 records match/);
    await search.fill('0207 9460 559');
    await search.fill('+44 20 7946 0559');
    await expect(status.textContent()).resolves.toMatch(/^2 of 140 records match/);
    await search.fill('zebra');
    await expect(page.getByText('No record matches your search.').count()).resolves.toBe(1);
  });

  test.each([400, 1400])('shows the newest month of the chart first, where a screen has %i pixels', async (width) => {
    await using open = await openPage(browser, index, { viewport: { width, height: 900 } });
    const frame = await open.page.locator('.bars').boundingBox();
    const newest = await open.page.locator('svg .bar').last().boundingBox();
    if (frame === null || newest === null) throw new Error('no chart');
    expect(newest.x).toBeGreaterThan(frame.x);
    expect(newest.x + newest.width).toBeLessThanOrEqual(frame.x + frame.width);
    // Where there is room for all, they begin at the left.
    const axis = await open.page.locator('svg .grid').first().boundingBox();
    if (width === 1400) expect((axis?.x ?? 0) - frame.x).toBeLessThan(150);
  });

  test('shows hostile data as text', async () => {
    using other = openTemporaryFolder();
    const messages = HOSTILE.map((body, index_) => ({
      id: `m${index_}`,
      body,
      sentAt: `2026-01-0${index_ + 1}T00:00:00+00:00`,
    }));
    const path = await layOut({ folder: other.path, rows: { ...SAMPLE_ROWS, messages }, operator: '<b>Evil</b>' });
    await using open = await openPage(browser, path, { viewport: { width: 400, height: 800 } });
    await open.page.getByRole('button', { name: /^Messages/ }).click();
    const cells = await open.page.locator('td[data-label="Text"] .text').allTextContents();
    expect(cells.toSorted()).toEqual(HOSTILE.toSorted());
    await expect(open.page.title()).resolves.toBe('Your data at <b>Evil</b>');
    await expect(open.page.evaluate(() => document.documentElement.scrollWidth)).resolves.toBe(400);
    expect(open.complaints).toEqual([]);
  });

  test('speaks the language that the reader picks, and keeps open what was open', async () => {
    await using open = await openPage(browser, index);
    const { page } = open;
    await page.getByRole('button', { name: /^Your invoices/ }).click();
    for (const [code, heading, money] of [
      ['nl', 'Uw facturen', '€ 99,00'],
      ['fr', 'Vos factures', '99,00 €'],
      ['de', 'Ihre Rechnungen', '99,00 €'],
    ]) {
      await page.locator('#language').selectOption(code ?? '');
      await expect(page.locator('[aria-expanded=true]').count()).resolves.toBe(1);
      await expect(page.evaluate(() => [document.documentElement.lang, document.activeElement?.id])).resolves.toEqual([
        code,
        'language',
      ]);
      const table = page.getByRole('table', { name: heading ?? '', exact: true });
      expect((await table.innerText()).replaceAll(/[\u00a0\u202f]/g, ' ')).toContain(money);
      const words = await page.locator('body').innerText();
      expect(words).not.toMatch(/\b(?:ui|info|ret|field|item|reason|dataset|word)\.[A-Za-z]/);
      expect(words).not.toMatch(/\{\w+\}/);
    }
  });

  test('is read by keyboard alone', async () => {
    await using open = await openPage(browser, index);
    const { page } = open;
    await page.keyboard.press('Tab');
    await expect(page.evaluate(() => document.activeElement?.textContent)).resolves.toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await expect(page.evaluate(() => document.activeElement?.id)).resolves.toBe('content');
    const toggle = page.getByRole('button', { name: /^Your calls/ });
    await expect(toggle.getAttribute('aria-expanded')).resolves.toBe('false');
    await toggle.focus();
    await page.keyboard.press('Enter');
    await expect(toggle.getAttribute('aria-expanded')).resolves.toBe('true');
    await page.keyboard.press('Tab');
    await page.keyboard.type('outgoing');
    await expect(page.locator('.status').filter({ hasText: '93 of 140' }).count()).resolves.toBe(1);
    await page.getByRole('columnheader', { name: 'Direction' }).getByRole('button').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('columnheader', { name: 'Direction' }).getAttribute('aria-sort')).resolves.toBe(
      'ascending',
    );
    await page.keyboard.press('Space');
    await expect(page.getByRole('columnheader', { name: 'Direction' }).getAttribute('aria-sort')).resolves.toBe(
      'descending',
    );
    await expect(page.getByText('Sorted by Direction, descending').count()).resolves.toBe(1);
  });

  test('goes on paper with every table, a hundred rows of each and a note', async () => {
    await using open = await openPage(browser, index);
    const { page } = open;
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
    await page.waitForFunction(() => document.querySelectorAll('.body:not([hidden])').length === 9);
    await expect(
      page.getByText('Printed here: 100 of 140 records. All of them are in data/call-records.ndjson.').isVisible(),
    ).resolves.toBe(true);
    await expect(page.getByRole('searchbox').first().isVisible()).resolves.toBe(false);
    await expect(page.locator('.contents').isVisible()).resolves.toBe(false);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    await expect(page.locator('.body:not([hidden])').count()).resolves.toBe(0);
  });
});
