import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { assertSafe } from '../../src/http/safety.ts';
import { openNotices } from '../../src/notices/open.ts';
import { sendDueNotices } from '../../src/notices/send.ts';
import { readNoticeSettings } from '../../src/notices/settings.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { openStage, ORIGIN, TENANT } from './stage.ts';

const MAIL = {
  CARRYALL_SMTP: 'smtps://user:pass@mail.example.org',
  CARRYALL_MAIL_FROM: 'Callr <privacy@callr.example>',
  CARRYALL_OPERATOR_MAIL: 'desk@callr.example',
};

test('without anything set, nothing is sent by mail and webhooks reach the world only', () => {
  expect(readNoticeSettings({})).toEqual({
    settings: { mail: undefined, smsUrl: undefined, outgoing: { ports: [], reach: 'WORLD' } },
    faults: [],
  });
});

test('what is set is read', () => {
  const env = { ...MAIL, CARRYALL_OUTGOING_PORTS: '8443,9443', CARRYALL_OUTGOING_LOOPBACK: 'yes' };
  expect(readNoticeSettings(env)).toEqual({
    settings: {
      mail: {
        server: MAIL.CARRYALL_SMTP,
        from: MAIL.CARRYALL_MAIL_FROM,
        operatorMailbox: MAIL.CARRYALL_OPERATOR_MAIL,
      },
      smsUrl: undefined,
      outgoing: { ports: [8443, 9443], reach: 'WORLD_AND_LOOPBACK' },
    },
    faults: [],
  });
});

test('all that is wrong is told at once', () => {
  const { faults } = readNoticeSettings({
    CARRYALL_SMTP: 'mail.example.org',
    CARRYALL_MAIL_FROM: 'nobody',
    CARRYALL_SMS: 'tel:1',
    CARRYALL_OUTGOING_PORTS: '0',
    CARRYALL_OUTGOING_LOOPBACK: 'no',
  });
  expect(faults.map(({ path }) => path)).toEqual([
    'CARRYALL_SMTP',
    'CARRYALL_MAIL_FROM',
    'CARRYALL_OPERATOR_MAIL',
    'CARRYALL_SMS',
    'CARRYALL_OUTGOING_PORTS',
    'CARRYALL_OUTGOING_LOOPBACK',
  ]);
});

test('a gateway that others reach does not start where webhooks may reach what listens on its machine', () => {
  const reached = {
    host: '0.0.0.0',
    environment: undefined,
    node: process.versions.node,
    publicOrigin: 'https://data.example.org',
    trustedProxies: 0,
    graphiql: 'NOBODY',
    developmentTokens: false,
    secrets: [],
    corsOrigins: [],
  } as const;
  const { outgoing } = readNoticeSettings({ CARRYALL_OUTGOING_LOOPBACK: 'yes' }).settings;
  expect(() => assertSafe({ ...reached, outgoing: readNoticeSettings({}).settings.outgoing })).not.toThrow();
  expect(() => assertSafe({ ...reached, host: '127.0.0.1', publicOrigin: undefined, outgoing })).not.toThrow();
  expect(() => assertSafe({ ...reached, outgoing })).toThrow(
    expect.objectContaining({
      code: 'UNSAFE_CONFIGURATION',
      faults: [expect.objectContaining({ path: 'CARRYALL_OUTGOING_LOOPBACK' })],
    }) as Error,
  );
});

test.each([
  [undefined, 'P3D'],
  ['P10D', 'P10D'],
  ['PT0S', null],
])('a copy cools off for as long as is set: %s', (set, period) => {
  expect(readConfig({ CARRYALL_COOLING_OFF: set }).coolingOff).toBe(period);
});

test('a cooling-off that is none is refused', () => {
  expect(() => readConfig({ CARRYALL_COOLING_OFF: '3 days' })).toThrow(
    expect.objectContaining({ faults: [expect.objectContaining({ path: 'CARRYALL_COOLING_OFF' })] }) as Error,
  );
});

test('an operator without a mail server hears that mail waits, once and not at every go', async () => {
  await using stage = await openStage();
  using folder = openTemporaryFolder();
  const faults: unknown[] = [];
  const { settings } = readNoticeSettings({});
  await using notices = await openNotices({
    ...stage,
    settings,
    secret: randomBytes(32),
    dataFolder: folder.path,
    publicOrigin: ORIGIN,
    onFault: (error) => faults.push(error),
  });
  await stage.put({ kind: 'BUNDLE_READY', event: 'r', requestId: 'req_1', subjectId: 'ann' });
  for (let go = 0; go < 3; go += 1)
    expect(await sendDueNotices(notices.desk, TENANT)).toMatchObject({ sent: 0, waiting: 2 });
  expect(faults).toMatchObject([{ code: 'NOTICES_WAIT', message: expect.stringContaining('CARRYALL_SMTP') as string }]);
});
