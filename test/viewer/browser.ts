import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** What a page does is waited for so long, however busy the machine. */
export const PATIENCE_MS = 120_000;

/** Chromium, as the system has it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CARRYALL_CHROMIUM'] ?? '/usr/bin/chromium', args: ARGUMENTS });
}

/** A page opened from the disk, with everything that it asked for and every complaint it made. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** Opens a page by `file://`, in Brussels' time zone and at 1,400 pixels unless told otherwise. */
export async function openPage(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    timezoneId: 'Europe/Brussels',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(path).href);
  return { page, requests, complaints, [Symbol.asyncDispose]: () => context.close() };
}
