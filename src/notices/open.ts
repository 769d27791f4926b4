import type pg from 'pg';
import { readSecretFile } from '../audit/secret-file.ts';
import type { Clock } from '../clock.ts';
import { CarryallError } from '../errors.ts';
import { openSecretBox } from '../store/secret-box.ts';
import type { EndpointDesk } from './endpoints.ts';
import { createMailer } from './mail.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { openOutgoingDoor } from './outgoing.ts';
import type { NoticeDesk } from './send.ts';
import type { NoticeSettings } from './settings.ts';

export interface NoticesOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly settings: NoticeSettings;
  /** The key of the data folder. */
  readonly secret: Uint8Array;
  readonly dataFolder: string;
  readonly publicOrigin: string;
  readonly onFault: (error: unknown) => void;
}

/** Notices of one process: what leaves them, what sends them, and what keeps the endpoints that hear them. */
export interface Notices extends AsyncDisposable {
  readonly outbox: Outbox;
  readonly desk: NoticeDesk & EndpointDesk;
}

/** Opens notices. Nothing is asked of any server before something is sent. Throws KEYS_INVALID. */
export async function openNotices(options: NoticesOptions): Promise<Notices> {
  const { pool, clock, settings, secret, dataFolder, publicOrigin, onFault } = options;
  const { mail, smsUrl, outgoing } = settings;
  const box = openSecretBox(secret, 'notice');
  const sms = smsUrl === undefined ? null : { url: smsUrl, secret: await smsSecret(dataFolder) };
  const mailer = mail === undefined ? null : createMailer(mail);
  const door = openOutgoingDoor(outgoing);
  return {
    outbox: createOutbox(clock, box),
    desk: {
      pool,
      clock,
      box,
      mail: mailer === null || mail === undefined ? null : { mailer, operatorMailbox: mail.operatorMailbox },
      sms,
      door,
      publicOrigin,
      onFault,
      onWaiting: tellingSometimes(onFault),
    },
    [Symbol.asyncDispose]: async () => {
      mailer?.[Symbol.dispose]();
      await door[Symbol.asyncDispose]();
    },
  };
}

const SETTINGS = { MAIL: 'CARRYALL_SMTP', SMS: 'CARRYALL_SMS', WEBHOOK: 'the address of the endpoint' } as const;
const TELL_EVERY_MS = 3_600_000;

/** Tells of each channel once an hour; how many wait is a metric. */
function tellingSometimes(onFault: (error: unknown) => void): (channel: keyof typeof SETTINGS) => void {
  const told = new Map<string, number>();
  return (channel) => {
    const now = performance.now();
    if (now - (told.get(channel) ?? -Infinity) < TELL_EVERY_MS) return;
    told.set(channel, now);
    onFault(new CarryallError('NOTICES_WAIT', `Notices wait, and go out once ${SETTINGS[channel]} is set.`));
  };
}

/** The operator's service checks with this that it is us: it is copied there from the file `sms.key` of the data folder. */
async function smsSecret(dataFolder: string): Promise<string> {
  return `whsec_${(await readSecretFile(dataFolder, 'sms.key')).toString('base64')}`;
}
