import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { openBlobFolder } from '../../src/store/blobs.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { runCli } from '../cli/run-cli.ts';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage, signIn } from '../portal/stage.ts';
import { askForCopy, seeStatus } from './portal.ts';

// Nothing is built until a worker comes, so that a person has to wait for as long as the test wants.
const stage = sharedStage({ CARRYALL_WORKERS: '0' });

test('a person loses the connection while watching, is told so, and sees the end when it is back', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  let isCut = false;
  // The stream never gets through, and for a while no question does.
  await page.route('**/graphql', async (route) => {
    const isStream = route.request().headers()['accept'] === 'text/event-stream';
    await (isStream || isCut ? route.abort() : route.continue());
  });
  await askForCopy(stage(), page);
  await seeStatus(page, 'Approved');
  await page.getByText('Looking every few seconds').waitFor();
  isCut = true;
  await page.getByText('No connection;').waitFor();
  isCut = false;
  await page.getByText('Looking every few seconds').waitFor();

  await work(() => seeStatus(page, 'Ready'));
});

test('over a stream alone, somebody who waits sees each change without asking', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callnex');
  await askForCopy(stage(), page);
  await seeStatus(page, 'Approved');
  await page.getByText('Live', { exact: true }).waitFor();

  await work(() => seeStatus(page, 'Ready'));
});

test('whoever has lost the whole server reads that, and goes on with one press of a button', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  await page.route('**/graphql', (route) => route.abort());
  await page.goto(`${stage().url}/portal/looks`);
  await page.getByRole('alert').getByText('The gateway does not answer.').first().waitFor();
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Who looked at your data' }).waitFor();
});

/** More than all buffers on the way hold, so that a download is still under way when it breaks off. */
const LARGE = 32 * 2 ** 20;

/** A recording of a call of the customer's that makes their copy large. */
async function addLargeRecording(): Promise<void> {
  const { pool, folder, subjects } = stage();
  const prisma = createPrisma(pool);
  const owned = { tenantId: 'callnex', subjectId: subjects.callnex, sourceSystem: 'test' };
  const at = new Date();
  await prisma.callRecord.create({ data: { ...owned, id: 'long-call', startedAt: at } });
  const { key, bytes, sha256 } = await openBlobFolder(join(folder, 'blobs')).put(
    'callnex',
    Readable.from([randomBytes(LARGE)]),
  );
  const recording = { fileName: 'long.ogg', contentType: 'audio/ogg', bytes: BigInt(bytes), sha256, blobKey: key };
  await prisma.recording.create({
    data: { ...owned, ...recording, id: 'long', callId: 'long-call', recordedAt: at, recordedParties: 'BOTH' },
  });
  await prisma.$disconnect();
}

test('a download that breaks off goes on from where it was, and is the whole file in the end', async () => {
  await using open = await openPage(stage());
  const { page } = open;
  await addLargeRecording();
  await signIn(stage(), page, 'The customer', 'callnex');
  const id = await askForCopy(stage(), page, () =>
    page.getByRole('radio', { name: 'To take along (Art. 20)' }).check(),
  );
  await work(() => seeStatus(page, 'Ready'));
  const sha256 = await page.locator('.copy-text code').first().textContent();
  await page.getByRole('button', { name: 'Make a download link' }).click();
  const link = await page.getByRole('link', { name: 'Open the download page' }).getAttribute('href');
  // As a program for downloads does it, in the browser and with the session of the person.
  const resumed = await page.evaluate(async (path) => {
    const stop = new AbortController();
    const first = await fetch(path, { signal: stop.signal });
    const reader = first.body!.getReader();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let held = 0;
    while (held < 2_000_000) {
      const { value, done } = await reader.read();
      if (done) break;
      parts.push(value);
      held += value.length;
    }
    stop.abort();
    const etag = first.headers.get('etag') ?? '';
    const rest = await fetch(path, { headers: { range: `bytes=${held}-`, 'if-range': etag } });
    parts.push(new Uint8Array(await rest.arrayBuffer()));
    const whole = await new Blob(parts).arrayBuffer();
    const digest = [...new Uint8Array(await crypto.subtle.digest('SHA-256', whole))];
    const hex = digest.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return { statuses: [first.status, rest.status], held, bytes: whole.byteLength, sha256: hex };
  }, `${link}/file`);
  expect(resumed).toMatchObject({ statuses: [200, 206], sha256 });
  expect(resumed.held).toBeLessThan(resumed.bytes);
  expect(resumed.bytes).toBeGreaterThan(LARGE);
  // All of it counts as one download, and the link is used up.
  await page.goto(`${stage().url}/portal/requests/${id}`);
  await seeStatus(page, 'Answered');
  expect((await page.goto(new URL(link ?? '', stage().url).href))?.status()).toBe(410);
});

/** A worker of its own, for as long as something takes. */
async function work(meanwhile: () => Promise<void>): Promise<void> {
  const { databaseUrl, folder } = stage();
  let stop: (signal: NodeJS.Signals) => void = () => {};
  const env = { DATABASE_URL: databaseUrl, CARRYALL_DATA: folder };
  const worker = runCli(['work'], env, (kill) => (stop = kill));
  try {
    await meanwhile();
  } finally {
    stop('SIGTERM');
  }
  expect((await worker).code).toBe(0);
}
