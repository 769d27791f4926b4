// A process that sends the notices that are due, and dies on the way where its argument says.
import { fixedClock } from '../../src/clock.ts';
import { openOutgoingDoor } from '../../src/notices/outgoing.ts';
import { createMailer } from '../../src/notices/mail.ts';
import { sendDueNotices } from '../../src/notices/send.ts';
import { openSecretBox } from '../../src/store/secret-box.ts';
import type { Point } from '../jobs/doom.ts';
import { openDyingPool } from '../jobs/dying.ts';

/** By what the process sends, and where it dies. */
export interface DoomedPostman {
  readonly url: string;
  readonly now: string;
  /** In hex. */
  readonly secret: string;
  /** The mail server; without one it sends webhooks only. */
  readonly server: string | null;
  readonly tenant: string;
  readonly publicOrigin: string;
  readonly point: Point;
}

const { point, ...given } = JSON.parse(process.argv[2] ?? '') as DoomedPostman;
const { url, now, secret, server, tenant, publicOrigin } = given;
const pool = openDyingPool(url, point);
// One after the other: which of two claims is the first would be left to chance.
pool.options.max = 1;
{
  await using parts = new AsyncDisposableStack();
  const door = parts.use(openOutgoingDoor({ reach: 'WORLD_AND_LOOPBACK' }));
  const box = openSecretBox(Buffer.from(secret, 'hex'), 'notice');
  const mailer = server === null ? null : parts.use(createMailer({ server, from: 'privacy@callr.example' }));
  const mail = mailer === null ? null : { mailer, operatorMailbox: 'desk@callr.example' };
  await sendDueNotices({ pool, clock: fixedClock(now), box, mail, sms: null, door, publicOrigin }, tenant);
}
await pool.end();
