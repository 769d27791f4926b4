import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { fixedClock } from '../../src/clock.ts';
import { openOutgoingDoor } from '../../src/notices/outgoing.ts';
import { openSecretBox } from '../../src/store/secret-box.ts';
import { auditing } from './audit-log.ts';
import { NOW, openGateway, type TestGateway } from './open-gateway.ts';
import {
  administrator,
  auditor,
  customerStaff,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from './people.ts';

let at: TestGateway;
const door = openOutgoingDoor({ resolve: () => Promise.resolve([{ address: '93.184.215.14', family: 4 }]) });

beforeAll(async () => {
  const endpoints = { clock: fixedClock(NOW), box: openSecretBox(randomBytes(32), 'notice'), door };
  at = await openGateway({ endpoints });
});

afterAll(async () => {
  await at[Symbol.asyncDispose]();
  await door[Symbol.asyncDispose]();
});

const FIELDS = 'id url kinds createdBy failures pausedAt previousSecretEndsAt';
const CREATE = `mutation ($url: String!, $kinds: [String!]!) { made: createWebhookEndpoint(url: $url, kinds: $kinds) { secret endpoint { ${FIELDS} } } }`;
const URL = 'https://hooks.example.org/carryall?key=k1';

interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly pausedAt: string | null;
  readonly previousSecretEndsAt: string | null;
}

async function create(actor: Actor = administrator('cp'), url = URL, kinds: readonly string[] = ['BUNDLE_READY']) {
  const { data, errors } = await at.ask(actor, CREATE, { variables: { url, kinds } });
  const { made } = data as { made: { secret: string; endpoint: Webhook } | null };
  return { made, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}

async function change(actor: Actor, name: string, id: string, fields: string): Promise<unknown> {
  const query = `mutation ($id: ID!) { changed: ${name}(id: $id) { ${fields} } }`;
  const { data, errors } = await at.ask(actor, query, { variables: { id } });
  return (data as { changed: unknown }).changed ?? errors?.[0]?.extensions?.code;
}

async function list(actor: Actor): Promise<readonly Webhook[] | string | undefined> {
  const { data, errors } = await at.ask(actor, `{ webhookEndpoints { ${FIELDS} } }`);
  return (data as { webhookEndpoints: Webhook[] | null }).webhookEndpoints ?? errors?.[0]?.extensions?.code;
}

test('an administrator makes an endpoint, is shown its secret once, and the log tells that and no address', async () => {
  const { result, entries } = await auditing(at, 'cp', () => create());
  expect(result.made).toMatchObject({
    secret: expect.stringMatching(/^whsec_[\w+/=]{44}$/) as string,
    endpoint: { url: URL, kinds: ['BUNDLE_READY'], createdBy: 'admin-1', failures: 0, pausedAt: null },
  });
  const id = result.made?.endpoint.id;
  expect(entries).toMatchObject([
    { action: 'CONFIGURATION', outcome: 'ALLOWED', detail: { step: 'ENDPOINT_MADE', endpoint: id } },
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/hooks|whsec/);
  const listed = await list(administrator('cp'));
  expect(listed).toMatchObject([{ id }]);
  expect(JSON.stringify(listed)).not.toContain('whsec');
});

test('an endpoint is paused, let go on, and given another secret; each is in the log', async () => {
  const { made } = await create();
  const id = made?.endpoint.id ?? '';
  const admin = administrator('cp');
  const { entries } = await auditing(at, 'cp', async () => {
    expect(await change(admin, 'pauseWebhookEndpoint', id, 'pausedAt')).toEqual({ pausedAt: NOW.toISOString() });
    expect(await change(admin, 'resumeWebhookEndpoint', id, 'pausedAt')).toEqual({ pausedAt: null });
    const rotated = await change(admin, 'rotateWebhookSecret', id, 'secret endpoint { previousSecretEndsAt }');
    expect(rotated).toMatchObject({ endpoint: { previousSecretEndsAt: '2026-11-23T00:00:00.000Z' } });
    expect(rotated).not.toMatchObject({ secret: made?.secret });
  });
  expect(entries.map(({ detail }) => detail['step'])).toEqual([
    'ENDPOINT_PAUSED',
    'ENDPOINT_RESUMED',
    'ENDPOINT_SECRET_ROTATED',
  ]);
});

test.each([
  ['a person', subject('cp', 'ann')],
  ['privacy staff', privacyStaff('cp')],
  ["a customer's staff", customerStaff('cp', 'org')],
  ["a processor's staff", processorStaff('cp')],
  ['a support agent', supportAgent('cp')],
  ['an internal app', internalApp('cp')],
  ['an auditor', auditor('cp')],
])('%s neither sees nor changes where events go', async (_who, actor) => {
  const { made } = await create();
  const id = made?.endpoint.id ?? '';
  // Whoever must say what for is told that first.
  const denied = expect.stringMatching(/^(?:FORBIDDEN|PURPOSE_REQUIRED)$/) as string;
  expect((await create(actor)).code).toEqual(denied);
  expect(await list(actor)).toEqual(denied);
  for (const name of ['pauseWebhookEndpoint', 'resumeWebhookEndpoint'])
    expect(await change(actor, name, id, 'id'), name).toEqual(denied);
  expect(await change(actor, 'rotateWebhookSecret', id, 'secret')).toEqual(denied);
  await change(administrator('cp'), 'pauseWebhookEndpoint', id, 'id');
  await at.pool.query('DELETE FROM webhook_endpoint WHERE id = $1', [id]);
});

test('an endpoint of another operator is not there', async () => {
  const { made } = await create(administrator('other'));
  const id = made?.endpoint.id ?? '';
  for (const name of ['pauseWebhookEndpoint', 'resumeWebhookEndpoint'])
    expect(await change(administrator('cp'), name, id, 'id')).toBe('NOT_FOUND');
  expect(await change(administrator('cp'), 'rotateWebhookSecret', id, 'secret')).toBe('NOT_FOUND');
  expect(JSON.stringify(await list(administrator('cp')))).not.toContain(id);
});

test('X-23: an address of an inner network and a kind that is none are told together', async () => {
  const { code, message } = await create(administrator('cp'), 'https://[::ffff:169.254.169.254]/', ['NONE']);
  expect(code).toBe('BAD_USER_INPUT');
  expect(message).toMatch(/inner network/);
  expect(message).toMatch(/wanted one or more of/);
});
