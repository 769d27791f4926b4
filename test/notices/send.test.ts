import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimNotice, MOST_ATTEMPTS } from '../../src/notices/claim.ts';
import { createMailer, type Mailer } from '../../src/notices/mail.ts';
import { sendDueNotices, type NoticeDesk } from '../../src/notices/send.ts';
import { withTransaction } from '../../src/store/session.ts';
import { openPostOffice, type PostOffice } from './post-office.ts';
import { CANARY, openStage, TENANT, type Stage } from './stage.ts';

let stage: Stage;
let office: PostOffice;
let mailer: Mailer;
let desk: NoticeDesk;

beforeAll(async () => {
  stage = await openStage();
});

beforeEach(async () => {
  await stage.pool.query('DELETE FROM notice');
  office = await openPostOffice();
  mailer = createMailer({ server: office.url, from: 'privacy@callr.example' });
  desk = { ...stage, mail: { mailer, operatorMailbox: 'desk@callr.example' }, sms: null };
  return async () => {
    mailer[Symbol.dispose]();
    await office[Symbol.asyncDispose]();
  };
});

afterAll(() => stage[Symbol.asyncDispose]());

const ready = (event: string, identifierId = 'new') =>
  stage.put({ kind: 'BUNDLE_READY', event, requestId: 'req_1', identifierId });

test('a notice is there if and only if what it tells of is committed', async () => {
  await expect(
    withTransaction(stage.pool, TENANT, async (writer) => {
      await stage.outbox.put(writer, { tenantId: TENANT, kind: 'BUNDLE_READY', event: 'x', subjectId: 'ann' });
      throw new Error('and then it failed');
    }),
  ).rejects.toThrow('and then it failed');
  expect(await stage.notices()).toEqual([]);
});

test('U-37: an event that is put into the outbox twice is told once', async () => {
  await Promise.all([ready('same'), ready('same'), ready('same')]);
  await ready('other');
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 2 });
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 0 });
  expect(office.mails).toHaveLength(2);
});

test('U-37: of several workers at once each sends others, and none sends what another has', async () => {
  for (let event = 0; event < 12; event += 1) await ready(String(event));
  const reports = await Promise.all([1, 2, 3].map(() => sendDueNotices(desk, TENANT)));
  expect(reports.reduce((sum, { sent }) => sum + sent, 0)).toBe(12);
  const ids = office.mails.map(({ parsed }) => parsed.messageId);
  expect(new Set(ids).size).toBe(12);
  expect(ids).toHaveLength(12);
});

test('U-37: a worker that dies before it has sent loses nothing; its claim runs out and another sends', async () => {
  await ready('r');
  expect(await claimNotice(desk, TENANT, 'MAIL')).not.toBeNull();
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 0 });
  stage.clock.pass(120_000);
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 1 });
});

test('U-37: when nobody knows whether it was sent it is sent again, as the same message', async () => {
  await ready('r');
  office.breakAfterNext();
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 0, putOff: 1 });
  stage.clock.pass(60_000);
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 1 });
  const [first, second, ...others] = office.mails.map(({ parsed }) => parsed.messageId);
  expect(others).toEqual([]);
  expect(first).toBe(second);
});

test('without a mail server mail waits, is counted, and goes out once there is one', async () => {
  await ready('r');
  const told: string[] = [];
  const without = { ...desk, mail: null, onWaiting: (channel: string) => told.push(channel) };
  expect(await sendDueNotices(without, TENANT)).toEqual({ sent: 0, putOff: 0, givenUp: 0, waiting: 1 });
  expect(told).toEqual(['MAIL']);
  expect(await stage.notices()).toMatchObject([{ attempts: 0, sentAt: null, droppedAt: null }]);
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 1, waiting: 0 });
});

test('a mail server that is down gets ever longer pauses, and in the end the notice is given up with a code', async () => {
  await office[Symbol.asyncDispose]();
  await ready('r');
  const pauses: number[] = [];
  for (let attempt = 1; attempt < MOST_ATTEMPTS; attempt += 1) {
    expect(await sendDueNotices(desk, TENANT)).toMatchObject({ putOff: 1, givenUp: 0 });
    const { notBefore } = await stage.prisma.notice.findFirstOrThrow();
    const pause = notBefore.getTime() - stage.clock.now().getTime();
    pauses.push(pause);
    stage.clock.pass(pause);
  }
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(pauses[0]).toBe(30_000);
  expect(pauses.at(-1)).toBe(6 * 3_600_000);
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ givenUp: 1 });
  expect(await stage.notices()).toMatchObject([{ failureCode: 'MAIL_SERVER_DOWN', attempts: MOST_ATTEMPTS }]);
  stage.clock.pass(7 * 24 * 3_600_000);
  expect(await sendDueNotices(desk, TENANT)).toEqual({ sent: 0, putOff: 0, givenUp: 0, waiting: 0 });
});

test('X-10: an address that is refused for good is given up at once, and the person’s other addresses hear', async () => {
  office.refuse(`${CANARY}@example.org`, 550);
  await stage.put({ kind: 'BUNDLE_DOWNLOADED', event: 'd', requestId: 'req_1', subjectId: 'ann' });
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 1, givenUp: 1 });
  expect(office.mails.map(({ to }) => to[0])).toEqual([`${CANARY}.old@example.org`]);
  const refused = (await stage.notices()).find(({ identifierId }) => identifierId === 'new');
  expect(refused).toMatchObject({ failureCode: 'MAIL_REFUSED' });
});

test('an address that is refused for the moment is tried again', async () => {
  office.refuse(`${CANARY}@example.org`, 451);
  await ready('r');
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ putOff: 1 });
  expect(await stage.notices()).toMatchObject([{ failureCode: 'MAIL_DEFERRED' }]);
});

test('an address that was erased in the meantime gets nothing', async () => {
  await stage.prisma.subjectIdentifier.create({
    data: {
      tenantId: TENANT,
      id: 'gone',
      subjectId: 'ann',
      sourceSystem: 'test',
      kind: 'EMAIL',
      value: 'g@example.org',
    },
  });
  await ready('r', 'gone');
  await stage.prisma.subjectIdentifier.deleteMany({ where: { id: 'gone' } });
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ givenUp: 1 });
  expect(await stage.notices()).toMatchObject([{ failureCode: 'NO_ADDRESS' }]);
});

test('X-01: a notice for nobody leaves the same row as one for somebody, and nothing goes out', async () => {
  await stage.put({ kind: 'IDENTITY_CODE', event: 'known', requestId: 'req_1', identifierId: 'new', code: '12345678' });
  await stage.put({ kind: 'IDENTITY_CODE', event: 'nobody', requestId: 'req_1', identifierId: null, code: '12345678' });
  const rows = await stage.notices();
  expect(rows).toHaveLength(2);
  expect(rows.find(({ identifierId }) => identifierId === null)).toMatchObject({
    channel: 'MAIL',
    secret: null,
    failureCode: 'NO_ADDRESS',
  });
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 1 });
});

test('one notice that cannot be made is put off with its code, and the next goes out', async () => {
  const faults: unknown[] = [];
  await stage.put({ kind: 'IDENTITY_CODE', event: 'c', requestId: 'req_1', identifierId: 'new', code: '12345678' });
  await stage.pool.query(`UPDATE notice SET secret = '\\x00'`);
  await ready('r');
  expect(await sendDueNotices({ ...desk, onFault: (error) => faults.push(error) }, TENANT)).toMatchObject({
    sent: 1,
    putOff: 1,
  });
  expect(faults).toMatchObject([{ code: 'KEYS_INVALID' }]);
});

test('a worker that is asked to stop begins no other', async () => {
  await ready('r');
  expect(await sendDueNotices(desk, TENANT, AbortSignal.abort())).toMatchObject({ sent: 0 });
  expect(await stage.notices()).toMatchObject([{ attempts: 0 }]);
});
