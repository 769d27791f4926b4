import type { Page } from 'playwright-core';
import type { Stage } from '../portal/stage.ts';

/** Asks for a copy in the portal as it stands, after `change` of the form; ends at the page of the request. Gives its id. */
export async function askForCopy(
  { url }: Stage,
  page: Page,
  change: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  await page.goto(`${url}/portal/copy`);
  await page.getByRole('heading', { level: 1, name: 'Get a copy of your data' }).waitFor();
  await change(page);
  await page.getByRole('button', { name: 'Ask for the copy' }).click();
  return requestIn(page);
}

/** Uses a right that is answered by hand; ends at the page of the request. Gives its id. */
export async function useRight({ url }: Stage, page: Page, right: string, details: string): Promise<string> {
  await page.goto(`${url}/portal/rights`);
  await page.getByRole('button', { name: `Use this right – ${right}` }).click();
  await page.getByRole('textbox').fill(details);
  await page.getByRole('button', { name: 'Send' }).click();
  return requestIn(page);
}

async function requestIn(page: Page): Promise<string> {
  await page.waitForURL(/\/portal\/requests\/[^/]+$/);
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

/** Waits for a status, in the words of the portal. */
export async function seeStatus(page: Page, words: string): Promise<void> {
  await page.locator('.status .badge').filter({ hasText: words }).waitFor({ timeout: 60_000 });
}

/** From the request's page over the page of the link to the file on this disk. */
export async function download(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Make a download link' }).click();
  await page.getByRole('link', { name: 'Open the download page' }).click();
  await page.waitForURL(/\/download\//);
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('a.button').click()]);
  return file.path();
}
