import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { askForCopy, seeStatus, useRight } from '../journeys/portal.ts';
import { objections } from './objections.ts';
import { sharedStage } from './shared-stage.ts';
import { declare, openPage, signIn } from './stage.ts';

const SHOTS = process.env['CARRYALL_SHOTS'];

const stage = sharedStage();

// Small ones last, since what is done on a page is done in the last of its looks.
const LOOKS = [1400, 360].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })));

// axe is put in from outside, past the policy that forbids it, and would take a colour on its way to another for one of the page's.
const OPTIONS = { viewport: { width: 360, height: 800 }, bypassCSP: true, reducedMotion: 'reduce' } as const;

/** Notes what axe objects to in each look of the page. */
async function look(page: Page, name: string, found: Record<string, string[]>): Promise<void> {
  await page.locator('h1').first().waitFor();
  for (const { width, scheme } of LOOKS) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme: scheme });
    found[`${name}, ${scheme}, ${width}`] = await objections(page);
    if (SHOTS === undefined) continue;
    const path = `${SHOTS}/portal-axe-${name.replaceAll('/', '-')}-${width}-${scheme}.png`;
    await page.screenshot({ path, fullPage: true });
  }
}

describe('WCAG 2.2 AA, light and dark, of 360 and 1,400 pixels', () => {
  test('every page of a person', async () => {
    await using open = await openPage(stage(), OPTIONS);
    const { page } = open;
    const found: Record<string, string[]> = {};
    await page.goto(`${stage().url}/portal`);
    await look(page, 'sign-in', found);
    await signIn(stage(), page, 'The customer', 'callr');
    for (const path of [
      '',
      '/data/calls',
      '/data/account',
      '/data/transcripts',
      '/copy',
      '/requests',
      '/rights',
      '/looks',
      '/about',
      '/nowhere',
    ]) {
      await page.goto(`${stage().url}/portal${path}`);
      await look(page, path === '' ? 'overview' : path.slice(1), found);
    }
    await page.goto(`${stage().url}/portal/data/calls`);
    await page
      .getByRole('button', { name: /^Details of/ })
      .first()
      .click();
    await look(page, 'details', found);
    await page.goto(`${stage().url}/portal/copy`);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Ask for the copy' }).click();
    await look(page, 'copy-complaint', found);
    await useRight(stage(), page, 'Correction', 'My name is misspelt.').catch(() => '');
    await look(page, 'request-by-hand', found);
    await page.getByRole('button', { name: 'Withdraw the request' }).click();
    await look(page, 'withdraw', found);
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw the request' }).click();
    await seeStatus(page, 'Withdrawn');
    expect(Object.entries(found).filter(([, each]) => each.length > 0)).toEqual([]);
  });

  test('a copy that is ready, and every page of staff', async () => {
    await using open = await openPage(stage(), OPTIONS);
    const found: Record<string, string[]> = {};
    await signIn(stage(), open.page, 'The customer', 'callerplugins');
    await askForCopy(stage(), open.page);
    await seeStatus(open.page, 'Ready');
    for (const summary of await open.page.locator('summary').all()) await summary.click();
    await look(open.page, 'ready', found);
    await useRight(stage(), open.page, 'Objection', 'To all of it.');

    await using staff = await openPage(stage(), OPTIONS);
    const { page } = staff;
    await signIn(stage(), page, 'Petra Privacy', 'callerplugins');
    await page.getByRole('button', { name: 'Go on' }).click();
    await look(page, 'declare', found);
    await declare(page);
    await stage().pool.query(
      `UPDATE data_subject_request SET due_at = now() - interval '1 day' WHERE status = 'NEEDS_REVIEW'`,
    );
    await page.reload();
    await page.locator('tr.row-late').first().waitFor();
    await look(page, 'queue', found);
    await page
      .getByRole('link', { name: /^Objection/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Decide' }).waitFor();
    await look(page, 'work', found);
    await page.getByRole('button', { name: 'Refuse' }).click();
    await look(page, 'refuse', found);
    await page.getByLabel('What the person is told').fill('It would take the service itself.');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await seeStatus(page, 'Refused');
    await look(page, 'refused', found);
    expect(Object.entries(found).filter(([, each]) => each.length > 0)).toEqual([]);
  });
});
