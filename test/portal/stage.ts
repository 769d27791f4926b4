import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openBrowser, watchPage, type WatchedPage } from '../viewer/browser.ts';

const CHILD = fileURLToPath(new URL('serve-staged.ts', import.meta.url));

/** The sample tenants, each under the policy of that name. */
export type SampleTenant = 'callerplugins' | 'callrix' | 'contractor' | 'callnex' | 'callr';

/** A gateway that is really served, with the samples in it, and a browser. */
export interface Stage extends AsyncDisposable {
  readonly url: string;
  readonly pool: pg.Pool;
  /** Where its database is. */
  readonly databaseUrl: string;
  /** The data folder of the gateway. */
  readonly folder: string;
  readonly subjects: Readonly<Record<SampleTenant, string>>;
  readonly browser: Browser;
}

/** Opens it on a database of its own; `env` goes to its process. */
export async function openStage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  await using parts = new AsyncDisposableStack();
  const database = parts.use(await openTestDatabase());
  const { path: folder } = parts.use(openTemporaryFolder());
  const port = await freePort();
  const child = spawn(process.execPath, [CHILD], {
    env: { ...process.env, ...env, DATABASE_URL: database.url, CARRYALL_DATA: folder, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  parts.defer(() => stop(child));
  const { url, subjects } = await readiness(child);
  const browser = parts.adopt(await openBrowser(), (each) => each.close());
  const all = parts.move();
  const { pool, url: databaseUrl } = database;
  return { url, pool, databaseUrl, folder, subjects, browser, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

async function readiness(child: ChildProcess): Promise<Pick<Stage, 'url' | 'subjects'>> {
  let told = '';
  child.stderr?.on('data', (bytes: Buffer) => (told += bytes.toString()));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const ended = once(child, 'close').then(() => {
    throw new Error(`The gateway ended: ${told.slice(-2000)}`);
  });
  for (;;) {
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    if (!line.startsWith('{"url"')) continue;
    ended.catch(() => {});
    return JSON.parse(line) as Pick<Stage, 'url' | 'subjects'>;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function openPage({ browser }: Stage, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  return watchPage(browser, { locale: 'en-GB', ...options });
}

/** From the portal over the provider back to the portal, as somebody of a tenant, who reads it in English. */
export async function signIn({ url }: Stage, page: Page, name: string, tenant: SampleTenant): Promise<void> {
  await page.goto(`${url}/portal`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: new RegExp(`^${name}.* of ${tenant}:`, 's') }).click();
  await page.waitForURL(`${url}/portal`);
  await page.locator('footer select').selectOption('en');
}

/** Staff say once why they look. */
export async function declare(page: Page, reason = 'Working on requests of the day'): Promise<void> {
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Go on' }).click();
}
