import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { runCli } from '../cli/run-cli.ts';
import { serveAlone, type Served } from '../operations/served.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openCuttingProxy } from './cutting-proxy.ts';

const parts = new AsyncDisposableStack();
let alpha: Served;
let there: PrismaClient;
let env: Readonly<Record<string, string>>;

const ANN: Actor = { kind: 'SUBJECT', tenant: 'cr', subjectId: 'ann' };

/** An installation with an operator, and what `carryall serve` is to be told. */
async function installation(partners: string) {
  const database = parts.use(await openTestDatabase());
  const folder = parts.use(openTemporaryFolder()).path;
  const prisma = createPrisma(database.pool);
  parts.defer(() => prisma.$disconnect());
  await prisma.tenant.create({ data: { tenantId: 'cr', policyCode: 'CR', name: 'Operator', country: 'FR' } });
  const file = join(folder, 'recipients.yaml');
  await writeFile(file, partners);
  const settings = {
    DATABASE_URL: database.url,
    CARRYALL_DATA: folder,
    CARRYALL_RECIPIENTS: file,
    CARRYALL_OUTGOING_LOOPBACK: 'yes',
    CARRYALL_COOLING_OFF: 'PT0S',
  };
  return { prisma, file, settings };
}

beforeAll(async () => {
  const line = parts.use(await openCuttingProxy());
  const here = await installation(`recipients:
  - { name: beta, label: Beta, tenant: cr, url: '${line.url}/intake/bundles', as: alpha, tenantThere: cr,
      keys: '${line.url}/.well-known/jwks.json' }
`);
  const createdAt = new Date('2024-01-01T00:00:00Z');
  const owned = { tenantId: 'cr', subjectId: 'ann', sourceSystem: 'test' };
  await here.prisma.subject.create({ data: { tenantId: 'cr', id: 'ann', createdAt } });
  await here.prisma.account.create({ data: { ...owned, id: 'acc_ann', createdAt, firstName: 'Ann' } });
  await here.prisma.subjectIdentifier.create({
    data: { ...owned, id: 'email_ann', kind: 'EMAIL', value: 'ann@example.org' },
  });
  env = here.settings;
  alpha = parts.use(await serveAlone(here.settings));
  const other = await installation(`senders:
  - { name: alpha, tenant: cr, reviewer: privacy-desk, keys: '${alpha.url}/.well-known/jwks.json' }
`);
  there = other.prisma;
  const beta = parts.use(await serveAlone({ ...other.settings, CARRYALL_PUBLIC_ORIGIN: line.url }));
  line.leadTo(Number(new URL(beta.url).port));
});

afterAll(() => parts.disposeAsync());

async function ask<T>(query: string): Promise<T> {
  const answer = (await (await alpha.ask(ANN, { query })).json()) as { readonly data: T; readonly errors?: unknown };
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

test('from one `carryall serve` a person has their data sent to another, with nobody doing anything else', async () => {
  const filed = `fileRequest(right: "PORTABILITY", format: "ZIP", idempotencyKey: "a-key-of-ann-0001") { id }`;
  const { fileRequest } = await ask<{ fileRequest: { id: string } }>(`mutation { ${filed} }`);
  const { transmissionRecipients } = await ask<{ transmissionRecipients: readonly unknown[] }>(
    '{ transmissionRecipients { name label } }',
  );
  expect(transmissionRecipients).toEqual([{ name: 'beta', label: 'Beta' }]);
  await ask(`mutation { transmitBundle(request: "${fileRequest.id}", recipient: "beta") { id } }`);
  const seen = `request(id: "${fileRequest.id}") { transmissions { status failureCode receipt } }`;
  await vi.waitFor(
    async () => {
      const { request } = await ask<{ request: { transmissions: readonly unknown[] } }>(`{ ${seen} }`);
      expect(request.transmissions).toMatchObject([{ status: 'RECEIVED', failureCode: null }]);
    },
    { timeout: 90_000, interval: 500 },
  );
  expect(await there.account.findMany()).toMatchObject([{ id: 'acc_ann', firstName: 'Ann' }]);
});

test('a file of recipients that is not usable is told before anybody is served', async () => {
  const file = join(env['CARRYALL_DATA'] ?? '', 'wrong.yaml');
  await writeFile(file, 'recipients:\n  - { name: Beta }\nsenders: 3\n');
  const { code, err } = await runCli(['serve'], { ...env, CARRYALL_RECIPIENTS: file, PORT: '0' });
  expect(code).not.toBe(0);
  expect(err).toContain('BAD_INPUT');
  for (const place of ['recipients[0].name', 'recipients[0].url', 'senders']) expect(err).toContain(place);
});
