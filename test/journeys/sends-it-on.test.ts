import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { serveAlone } from '../operations/served.ts';
import { everyObjection } from '../portal/objections.ts';
import { sharedStage } from '../portal/shared-stage.ts';
import { openPage, signIn } from '../portal/stage.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openCuttingProxy, type CuttingProxy } from '../transmission/cutting-proxy.ts';
import { askForCopy, seeStatus } from './portal.ts';

const parts = new AsyncDisposableStack();
const folder = parts.use(openTemporaryFolder()).path;
const recipients = join(folder, 'recipients.yaml');
let line: CuttingProxy;
let there: PrismaClient;

beforeAll(async () => {
  line = parts.use(await openCuttingProxy());
  const beta = { name: 'beta', label: 'Beta', tenant: 'callerplugins', as: 'alpha', tenantThere: 'cp' };
  const at = { url: `${line.url}/intake/bundles`, keys: `${line.url}/.well-known/jwks.json` };
  writeFileSync(recipients, JSON.stringify({ recipients: [{ ...beta, ...at }] }));
});

const stage = sharedStage({ CARRYALL_RECIPIENTS: recipients, CARRYALL_OUTGOING_LOOPBACK: 'yes' });

/** Another Carryall, which takes what people of the stage send it. */
beforeAll(async () => {
  const database = parts.use(await openTestDatabase());
  there = createPrisma(database.pool);
  parts.defer(() => there.$disconnect());
  await there.tenant.create({ data: { tenantId: 'cp', policyCode: 'CP', name: 'Beta', country: 'NL' } });
  const keys = `${stage().url}/.well-known/jwks.json`;
  const partners = join(folder, 'senders.yaml');
  writeFileSync(partners, JSON.stringify({ senders: [{ name: 'alpha', tenant: 'cp', reviewer: 'desk', keys }] }));
  const served = parts.use(
    await serveAlone({
      DATABASE_URL: database.url,
      CARRYALL_DATA: folder,
      CARRYALL_RECIPIENTS: partners,
      CARRYALL_OUTGOING_LOOPBACK: 'yes',
      CARRYALL_PUBLIC_ORIGIN: line.url,
    }),
  );
  line.leadTo(Number(new URL(served.url).port));
}, 120_000);

afterAll(() => parts.disposeAsync());

test('a person has their data sent straight to another service, and sees its receipt', async () => {
  await using open = await openPage(stage(), { bypassCSP: true });
  const { page } = open;
  await signIn(stage(), page, 'The customer', 'callerplugins');
  // A copy of everything is for the person alone.
  await askForCopy(stage(), page);
  await seeStatus(page, 'Ready');
  expect(await page.getByRole('heading', { name: 'Send it straight to another service' }).count()).toBe(0);

  await askForCopy(stage(), page, () => page.getByRole('radio', { name: 'To take along (Art. 20)' }).check());
  await seeStatus(page, 'Ready');
  const panel = page.getByRole('region', { name: 'Send it straight to another service' });
  await panel.getByLabel('To').selectOption({ label: 'Beta' });
  await panel.getByRole('button', { name: 'Send …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send your data to Beta?' });
  await dialog.getByRole('button', { name: 'Do not send' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await there.subject.count()).toBe(0);

  await panel.getByRole('button', { name: 'Send …' }).click();
  await dialog.getByRole('button', { name: 'Send to Beta' }).click();
  // It is on its way by itself, and so is what the page tells of it.
  await panel.getByRole('status').filter({ hasText: 'Received' }).waitFor({ timeout: 120_000 });
  await panel.getByText('The receipt').click();
  expect(await panel.locator('code').allTextContents()).toEqual([
    expect.stringMatching(/^[0-9a-f]{64}$/),
    expect.stringMatching(/^[\w-]+\.[\w-]*\.[\w-]+$/),
  ]);
  expect(await everyObjection(page)).toEqual([]);
  expect(await there.subject.count()).toBe(1);
  expect(await there.invoice.count()).toBeGreaterThan(0);
});
