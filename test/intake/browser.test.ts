import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Listening } from '../../src/http/listen.ts';
import { openBrowser } from '../viewer/browser.ts';
import { openIntake, type TestIntake } from './open-intake.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let at: TestIntake;
let listening: Listening;
let browser: Browser;

beforeAll(async () => {
  at = await openIntake();
  listening = await at.gateway.listen({ port: 0 });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await listening[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

async function objections(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

test.each([
  { width: 400, colorScheme: 'dark', locale: 'de-BE' },
  { width: 1400, colorScheme: 'light', locale: 'fr-BE' },
] as const)(
  'a person asks and proves it in a browser without scripts, at $width pixels, $colorScheme, $locale',
  async (options) => {
    const { width, colorScheme, locale } = options;
    // axe is run past the policy of the pages, which allows no script; the pages have none of their own.
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      locale,
      bypassCSP: true,
    });
    const page = await context.newPage();
    await page.goto(`${listening.url}/intake/cp`);
    expect(await objections(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);

    await page.locator('button').click();
    expect(await page.locator('[role=alert] a').count()).toBe(2);
    expect(await objections(page)).toEqual([]);

    await page.locator('#address').fill('ann@example.org');
    await page.locator(`label[for=right-PORTABILITY]`).click();
    await page.locator('button').click();
    await page.waitForURL(/\/intake\/cp\/req_/);
    expect(await objections(page)).toEqual([]);
    const path = new URL(page.url()).pathname;
    await page.locator('#code').fill('1');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]').waitFor();
    expect(await objections(page)).toEqual([]);

    await page.locator('#code').fill((await at.codeOf(path)) ?? '');
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      page.keyboard.press('Enter'),
    ]);
    expect(answer.headers()['location']).toBe(`/portal/requests/${path.split('/')[3]}`);
    const { cookies } = await context.storageState();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Lax' }]);
    await page.goto(`${listening.url}/auth/me`);
    expect(await page.textContent('body')).toContain('"id":"ann"');
    await at.pool.query('DELETE FROM data_subject_request');
    await context.close();
  },
);
