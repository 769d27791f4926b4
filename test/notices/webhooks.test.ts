import { describe, expect, test } from 'vitest';
import { MOST_ENDPOINTS, pauseEndpoint, WEBHOOK_KINDS } from '../../src/notices/endpoints.ts';
import { sendDueNotices } from '../../src/notices/send.ts';
import { MOST_FAILURES } from '../../src/notices/send-webhook.ts';
import { withTransaction } from '../../src/store/session.ts';
import { hookStage } from './hook-stage.ts';
import { openListener } from './listener.ts';
import { CANARY, TENANT } from './stage.ts';

const at = hookStage();
const endpoint = () => at.stage.prisma.webhookEndpoint.findFirstOrThrow();

test('the secrets lie sealed', async () => {
  const { secret } = await at.create();
  const { secret: sealed } = await endpoint();
  expect(Buffer.from(sealed).toString('latin1')).not.toContain(secret.slice(6));
});

test('X-28: a webhook says ids, codes and times; no name, no address, no link', async () => {
  await at.create(at.listener.url, WEBHOOK_KINDS);
  for (const kind of WEBHOOK_KINDS)
    await at.stage.put({ kind, event: kind, requestId: 'req_1', bundleId: 'bun_1', linkId: 'lnk_1', subjectId: 'ann' });
  await sendDueNotices(at.desk, TENANT);
  expect(at.listener.heard).toHaveLength(WEBHOOK_KINDS.length);
  for (const { body, headers } of at.listener.heard) {
    const all = body + JSON.stringify(headers);
    for (const word of [CANARY, 'example.org', '+31', '"ann"', 'lnk_1', 'token', 'Callr'])
      expect(all).not.toContain(word);
    const { type, data } = JSON.parse(body) as { type: string; data: object };
    expect(type).toMatch(/^[a-z]+(?:[._][a-z]+)*$/);
    expect(Object.keys(data)).toEqual(['tenant', 'request', 'right', 'status', 'due', 'bundle']);
  }
  expect(JSON.parse(at.listener.heard[0]?.body ?? '')).toMatchObject({
    data: { tenant: TENANT, request: 'req_1', right: 'ACCESS', status: 'RECEIVED', bundle: 'bun_1' },
  });
});

test('an endpoint hears of the kinds that it asked for, and a code is for no system', async () => {
  await at.create(at.listener.url, ['REQUEST_FAILED']);
  await at.ready('r');
  expect(await sendDueNotices(at.desk, TENANT)).toMatchObject({ sent: 0 });
  await expect(at.create(at.listener.url, ['IDENTITY_CODE'])).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(at.create(at.listener.url, [])).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('X-23: an address in an inner network makes no endpoint, and all faults are told at once', async () => {
  await expect(at.create('https://169.254.169.254/latest', ['NONE'])).rejects.toMatchObject({
    code: 'BAD_INPUT',
    faults: [{ path: 'kinds' }, { path: 'url' }],
  });
});

test('of many at once no endpoint too many is made', async () => {
  const made = await Promise.allSettled(Array.from({ length: MOST_ENDPOINTS + 4 }, () => at.create()));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(MOST_ENDPOINTS);
});

test('X-25: a redirect is followed nowhere and counts as a failure', async () => {
  await using inner = await openListener();
  await at.create();
  at.listener.answer((response) => void response.writeHead(307, { location: inner.url }).end());
  await at.ready('r');
  expect(await sendDueNotices(at.desk, TENANT)).toMatchObject({ putOff: 1 });
  expect(inner.heard).toEqual([]);
  expect((await at.stage.notices()).find(({ endpointId }) => endpointId !== null)).toMatchObject({
    failureCode: 'HOOK_REDIRECTS',
  });
});

test('X-29: an endless answer is not read to its end, and what it says first counts', async () => {
  await at.create();
  at.listener.answer((response) => {
    response.writeHead(200);
    const pour = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  });
  await at.ready('r');
  expect(await sendDueNotices(at.desk, TENANT)).toMatchObject({ sent: 1 });
});

describe('X-29: an endpoint that fails', () => {
  test('is asked once in each go, holds up no other, and is paused in the end', async () => {
    await using other = await openListener();
    await at.create();
    await at.create(other.url);
    at.listener.answer((response) => void response.writeHead(500).end());
    for (let go = 1; go <= MOST_FAILURES; go += 1) {
      await at.ready(`${go}.a`);
      await at.ready(`${go}.b`);
      await sendDueNotices(at.desk, TENANT);
      expect([at.listener.heard.length, other.heard.length]).toEqual([go, 2 * go]);
      at.stage.clock.pass(6 * 3_600_000);
    }
    const failed = await at.stage.prisma.webhookEndpoint.findFirstOrThrow({ where: { url: at.listener.url } });
    expect(failed).toMatchObject({ failures: MOST_FAILURES, pausedAt: expect.any(Date) as Date });
    await sendDueNotices(at.desk, TENANT);
    expect(at.listener.heard).toHaveLength(MOST_FAILURES);

    // Let go on by an administrator, it gets what waited.
    at.listener.answer((response) => void response.writeHead(200).end());
    await withTransaction(at.stage.pool, TENANT, (writer) =>
      pauseEndpoint(at.stage, writer, { tenantId: TENANT, id: failed.id, paused: false }),
    );
    expect((await sendDueNotices(at.desk, TENANT)).sent).toBeGreaterThan(0);
  });

  test('says that it is gone, and is paused at once', async () => {
    await at.create();
    at.listener.answer((response) => void response.writeHead(410).end());
    await at.ready('r');
    expect(await sendDueNotices(at.desk, TENANT)).toMatchObject({ givenUp: 1 });
    expect((await endpoint()).pausedAt).not.toBeNull();
  });

  test('and recovers starts from nought', async () => {
    await at.create();
    at.listener.answer((response) => void response.writeHead(503).end());
    await at.ready('r');
    await sendDueNotices(at.desk, TENANT);
    expect((await endpoint()).failures).toBe(1);
    at.listener.answer((response) => void response.writeHead(204).end());
    at.stage.clock.pass(60_000);
    await sendDueNotices(at.desk, TENANT);
    expect((await endpoint()).failures).toBe(0);
    const ids = at.listener.heard.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });
});

test('what a paused endpoint missed for three days is dropped, so that it does not wait for ever', async () => {
  const { endpoint: made } = await at.create();
  await withTransaction(at.stage.pool, TENANT, (writer) =>
    pauseEndpoint(at.stage, writer, { tenantId: TENANT, id: made.id, paused: true }),
  );
  await at.ready('r');
  at.stage.clock.pass(3 * 24 * 3_600_000 + 1000);
  await sendDueNotices(at.desk, TENANT);
  const dropped = (await at.stage.notices()).find(({ endpointId }) => endpointId !== null);
  expect(dropped).toMatchObject({ failureCode: 'ENDPOINT_PAUSED', attempts: 0 });
});

test('X-10: mail that cannot go out holds up no webhook', async () => {
  await at.create();
  await at.ready('r');
  const mailer = {
    send: () => Promise.resolve({ kind: 'DOWN', failureCode: 'MAIL_SERVER_DOWN' } as const),
    [Symbol.dispose]() {},
  };
  const report = await sendDueNotices({ ...at.desk, mail: { mailer, operatorMailbox: 'desk@callr.example' } }, TENANT);
  expect(report).toMatchObject({ sent: 1, putOff: 1 });
  expect(at.listener.heard).toHaveLength(1);
});

test('a number is sent its code by the operator’s own service, which can check that it is us', async () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  await at.stage.put({
    kind: 'IDENTITY_CODE',
    event: 'c',
    requestId: 'req_1',
    identifierId: 'phone',
    code: '12345678',
    language: 'de',
  });
  expect(await sendDueNotices(at.desk, TENANT)).toMatchObject({ sent: 0, waiting: 1 });
  await sendDueNotices({ ...at.desk, sms: { url: at.listener.url, secret } }, TENANT);
  const [heard] = at.listener.heard;
  expect(JSON.parse(heard?.body ?? '')).toMatchObject({
    type: 'sms.send',
    data: { to: '+31612345678', text: 'Ihr Code ist 12345678' },
  });
});
