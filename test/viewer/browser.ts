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
const PATIENCE_MS = 120_000;

/** Chromium, as the system has it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env['CARRYALL_CHROMIUM'] ?? '/usr/bin/chromium', args: ARGUMENTS });
}

/** A page with everything that it asked for, of whom, and every complaint it made. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly origins: ReadonlySet<string>;
  readonly complaints: readonly string[];
}

/** An empty page, at 1,400 pixels unless told otherwise. */
export async function watchPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const requests: string[] = [];
  const origins = new Set<string>();
  const complaints: string[] = [];
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    requests.push(request.url());
    if (protocol !== 'data:') origins.add(origin);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, requests, origins, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** Opens a page by `file://`, in Brussels' time zone. */
export async function openPage(
  browser: Browser,
  path: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const open = await watchPage(browser, { timezoneId: 'Europe/Brussels', ...options });
  await open.page.goto(pathToFileURL(path).href);
  return open;
}
