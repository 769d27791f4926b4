import { withSnapshot } from '../store/session.ts';
import type { ClaimedNotice } from './claim.ts';
import { readTold } from './facts.ts';
import type { Outcome } from './mail.ts';
import { renderShort } from './render.ts';
import type { NoticeDesk } from './send.ts';
import { sendHook } from './webhook.ts';
import { wordingOf } from './wording.ts';

/** The operator's own service that sends text messages, as a webhook. */
export interface SmsSettings {
  readonly url: string;
  /** whsec_…, by which the service knows that it is us. */
  readonly secret: string;
}

/** Has a code sent to a telephone number; nothing else goes out this way. */
export async function sendBySms(desk: NoticeDesk, tenantId: string, notice: ClaimedNotice): Promise<Outcome> {
  const { sms, pool, box, clock, door } = desk;
  if (sms === null) return { kind: 'DOWN', failureCode: 'NO_SMS_SERVICE' };
  const told = await withSnapshot(pool, tenantId, (reader) => readTold(reader, tenantId, notice));
  if (told.address === null) return { kind: 'NEVER', failureCode: 'NO_ADDRESS' };
  const now = clock.now();
  const wording = wordingOf(box, tenantId, notice, told, now);
  if ('failureCode' in wording) return { kind: 'NEVER', ...wording };
  const body = JSON.stringify({
    type: 'sms.send',
    timestamp: now.toISOString(),
    data: { to: told.address, text: renderShort(wording.key, wording.language, wording.facts) },
  });
  return sendHook(door, { id: notice.id, url: sms.url, secrets: [sms.secret], body }, now);
}
