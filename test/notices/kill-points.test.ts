import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEndpoint } from '../../src/notices/endpoints.ts';
import { createMailer } from '../../src/notices/mail.ts';
import { sendDueNotices } from '../../src/notices/send.ts';
import { withTransaction } from '../../src/store/session.ts';
import type { Point } from '../jobs/doom.ts';
import { runKilled } from '../jobs/killed.ts';
import { sql } from '../jobs/points.ts';
import { openTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import type { DoomedPostman } from './doomed-postman.ts';
import { openListener, type Listener } from './listener.ts';
import { openPostOffice, type PostOffice } from './post-office.ts';
import { openStage, SECRET, TENANT, type Stage } from './stage.ts';

let stage: Stage;
let office: PostOffice;
let listener: Listener;
let folder: TemporaryFolder;

beforeAll(async () => {
  stage = await openStage();
  folder = openTemporaryFolder();
});
beforeEach(async () => {
  await stage.pool.query('DELETE FROM notice; DELETE FROM webhook_endpoint');
  office = await openPostOffice();
  listener = await openListener();
});
afterEach(async () => {
  await office[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
});
afterAll(async () => {
  folder[Symbol.dispose]();
  await stage[Symbol.asyncDispose]();
});

const CHILD = new URL('doomed-postman.ts', import.meta.url);
const CLAIMED = 'SET attempts = c.attempts + 1';
const MARKED = 'SET sent_at';

/** At each, how often a receiver may have been sent the notice in all. */
const POINTS: readonly [string, Point, number][] = [
  ['before it has claimed it', sql('BEFORE_COMMIT', CLAIMED), 1],
  ['after it has claimed it', sql('AFTER_COMMIT', CLAIMED), 1],
  ['after it has sent it, before that is marked', sql('BEFORE', MARKED), 2],
  ['after it has sent it, before that is committed', sql('BEFORE_COMMIT', MARKED), 2],
  ['after it was marked as sent', sql('AFTER_COMMIT', MARKED), 1],
];

async function kill(point: Point, server: string | null): Promise<void> {
  const given: DoomedPostman = {
    url: stage.databaseUrl,
    now: stage.clock.now().toISOString(),
    secret: SECRET.toString('hex'),
    server,
    tenant: TENANT,
    publicOrigin: stage.publicOrigin,
    point,
  };
  await runKilled(CHILD, folder.path, given);
}

/** Sends what is left, as another process does once the claim has run out. */
async function sendRest(): Promise<void> {
  stage.clock.pass(120_000);
  using mailer = createMailer({ server: office.url, from: 'privacy@callr.example' });
  const desk = { ...stage, mail: { mailer, operatorMailbox: 'desk@callr.example' }, sms: null };
  await sendDueNotices(desk, TENANT);
  stage.clock.pass(24 * 3_600_000);
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 0, putOff: 0 });
}

describe('U-37: a process that sends notices and is killed', () => {
  test.each(POINTS)('%s, loses no mail, and nobody has two messages of it', async (_, point, most) => {
    await stage.put({ kind: 'BUNDLE_READY', event: 'r', requestId: 'req_1', identifierId: 'new' });
    await kill(point, office.url);
    await sendRest();
    const ids = office.mails.map(({ parsed }) => parsed.messageId);
    expect(ids).toHaveLength(most);
    // Sent twice it is one message: by its id whoever gets it drops the second.
    expect(new Set(ids).size).toBe(1);
    expect(await stage.notices()).toMatchObject([{ sentAt: expect.any(Date) as Date, droppedAt: null }]);
  });

  test.each(POINTS)('%s, loses no webhook, and no system takes it for two', async (_, point, most) => {
    await withTransaction(stage.pool, TENANT, (writer) =>
      createEndpoint(stage, writer, { tenantId: TENANT, url: listener.url, kinds: ['OVERDUE'], by: 'admin-1' }),
    );
    await stage.put({ kind: 'OVERDUE', event: 'o', requestId: 'req_1' });
    await stage.pool.query(`DELETE FROM notice WHERE channel <> 'WEBHOOK'`);
    await kill(point, null);
    await sendRest();
    const ids = listener.heard.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(most);
    expect(new Set(ids).size).toBe(1);
    expect(await stage.notices()).toMatchObject([{ sentAt: expect.any(Date) as Date, droppedAt: null }]);
  });
});
