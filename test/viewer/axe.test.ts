import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openBrowser, openPage } from './browser.ts';
import { layOut } from './sample.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe('axe finds nothing to object to', () => {
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

  const cases = [400, 1400].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme, language: 'de' })),
  );
  test.each(cases)('at $width pixels, $colorScheme, in $language', async ({ width, colorScheme, language }) => {
    // A disk page may not load axe from elsewhere; the test looks past the policy that forbids it.
    await using open = await openPage(browser, index, {
      viewport: { width, height: 900 },
      colorScheme,
      bypassCSP: true,
    });
    const { page } = open;
    await page.locator('#language').selectOption(language);
    await page.locator('.hint button').first().click();
    await page.locator('.meanings summary').first().click();
    await page.locator('.chart summary').click();
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
    await expect(page.evaluate(() => document.documentElement.scrollWidth)).resolves.toBe(width);
  });

  test.each(['en', 'nl', 'fr', 'de'])('fits a screen of 360 pixels in %s', async (language) => {
    await using open = await openPage(browser, index, { viewport: { width: 360, height: 800 } });
    await open.page.locator('#language').selectOption(language);
    await open.page.locator('.hint button').first().click();
    await expect(open.page.evaluate(() => document.documentElement.scrollWidth)).resolves.toBe(360);
  });
});
