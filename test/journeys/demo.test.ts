import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, test, vi } from 'vitest';
import { runCli } from '../cli/run-cli.ts';
import { freePort } from '../operations/free-port.ts';
import { openPage, signIn, type Stage } from '../portal/stage.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openBrowser } from '../viewer/browser.ts';
import { askForCopy, download, seeStatus } from './portal.ts';

vi.setConfig({ testTimeout: 600_000 });

const SAYS_WHERE = /^The portal is at (http:\S+)\/portal: sign in as the customer of CallerPlugins/m;

/** A port of this machine after which the next is free, too: there is the provider that the demo brings. */
async function freePorts(): Promise<number> {
  for (;;) {
    const port = await freePort();
    const next = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      next.once('error', () => resolve(false));
      next.listen(port + 1, '127.0.0.1', () => next.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

test('`npm run demo` ends in the portal, where somebody signs in, asks, watches, downloads, and can verify what they got', async () => {
  using folder = openTemporaryFolder();
  const port = await freePorts();
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const env = { CARRYALL_DATA: folder.path, PORT: String(port), HOST: '127.0.0.1' };
  const demo = runCli(['demo'], env, (kill) => (stop = kill));
  const ended = demo.then(({ out, err }) => {
    throw new Error(`The demo ended by itself: ${out.slice(-500)} ${err.slice(-500)}`);
  });
  ended.catch(() => {});
  const url = `http://127.0.0.1:${port}`;
  const isUp = (): Promise<boolean> =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await Promise.race([expect.poll(isUp, { timeout: 300_000, interval: 250 }).toBe(true), ended]);
  const browser = await openBrowser();
  try {
    const stage = { url, browser } as Stage;
    await using open = await openPage(stage);
    const { page } = open;
    const began = performance.now();
    await signIn(stage, page, 'The customer', 'callerplugins');
    await askForCopy(stage, page);
    await seeStatus(page, 'Ready');
    const sha256 = await page.locator('.copy-text code').first().textContent();
    const file = await download(page);
    const bytes = await readFile(file);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const checked = await runCli(['verify', file, '--jwks', `${url}/.well-known/jwks.json`]);
    expect(checked).toMatchObject({ code: 0, err: '' });
    console.log(`The demo: from the portal to a verified copy in ${Math.round((performance.now() - began) / 1000)} s`);
  } finally {
    await browser.close();
    stop('SIGTERM');
  }
  const { code, out } = await demo;
  expect(code).toBe(0);
  expect(SAYS_WHERE.exec(out)?.[1]).toBe(url);
});
