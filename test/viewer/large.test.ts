import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openBrowser, openPage, type WatchedPage } from './browser.ts';
import { layOut } from './sample.ts';

const ROWS = 120_000;

/** A call a minute, the last ones in 2026. */
function call(index: number): Record<string, unknown> {
  return {
    id: `call_${index}`,
    sourceSystem: 'twilio',
    direction: index % 2 === 0 ? 'INBOUND' : 'OUTBOUND',
    counterpartNumber: `+44207${String(index).padStart(7, '0')}`,
    startedAt: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
    thirdParty: true,
  };
}

describe('the page of a person with 120,000 calls', () => {
  const folder = openTemporaryFolder();
  let browser: Browser;
  let open: WatchedPage;
  let index = '';

  beforeAll(async () => {
    index = await layOut({ folder: folder.path, rows: {}, many: { dataset: 'call-records', rows: ROWS, row: call } });
    browser = await openBrowser();
    open = await openPage(browser, index);
    await open.page.getByRole('button', { name: 'Next page' }).waitFor();
    await open.page.waitForFunction(() => !/Loading/.test(document.querySelector('.status')?.textContent ?? ''));
  });
  afterAll(async () => {
    await open[Symbol.asyncDispose]();
    await browser.close();
    folder[Symbol.dispose]();
  });

  test('holds the newest 100,000 in files of 5,000, and says so with the path of all', async () => {
    expect(readdirSync(join(folder.path, 'viewer/data')).length).toBe(20);
    expect(readFileSync(index).length).toBeLessThan(200_000);
    await expect(open.page.locator('.limit').textContent()).resolves.toBe(
      'This page shows the newest 100,000 of 120,000 records. All of them are in data/call-records.ndjson.',
    );
    expect(open.complaints).toEqual([]);
    expect(open.requests.filter((url) => !url.startsWith('file:'))).toEqual([]);
  });

  test('shows the newest first, a hundred at a time', async () => {
    const { page } = open;
    await expect(page.locator('table.rows tbody tr').count()).resolves.toBe(100);
    await expect(page.locator('table.rows tbody tr').first().textContent()).resolves.toContain('+442070119999');
    await page.getByRole('button', { name: 'Last page' }).click();
    await expect(page.locator('table.rows tbody tr').last().textContent()).resolves.toContain('+442070020000');
    await page.getByRole('button', { name: 'First page' }).click();
  });

  test('counts all 120,000 in the chart', async () => {
    const bars = await open.page.locator('svg .bar title').allTextContents();
    expect(bars.reduce((sum, text) => sum + Number(text.split(': ')[1]?.replaceAll(',', '')), 0)).toBe(ROWS);
    await expect(open.page.getByRole('img').getAttribute('aria-label')).resolves.toMatch(
      /^Bar chart from January 2026/,
    );
  });

  test('finds and sorts among all that it holds', async () => {
    const { page } = open;
    const first = page.locator('table.rows tbody tr').first();
    const status = page.locator('.status');
    await page.getByRole('searchbox').fill('+44 207 011 9998');
    await status.getByText('1 of 100,000 records matches').waitFor();
    await page.getByRole('searchbox').fill('');
    for (const column of ['Number of the other party', 'Direction', 'Started'])
      await page.getByRole('columnheader', { name: column }).getByRole('button').click();
    await first.getByText('+442070020000').waitFor();
  });

  test('tells the way out when the page was taken from its folder', async () => {
    using alone = openTemporaryFolder();
    const path = join(alone.path, 'index.html');
    copyFileSync(index, path);
    await using lost = await openPage(browser, path);
    await lost.page.locator('.status.failed').waitFor();
    await expect(lost.page.locator('.status').textContent()).resolves.toContain('Unpack the whole archive');
  });
});
