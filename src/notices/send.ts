import type pg from 'pg';
import type { Clock } from '../clock.ts';
import { isCarryallError } from '../errors.ts';
import { count } from '../metrics.ts';
import { traced } from '../spans.ts';
import type { SecretBox } from '../store/secret-box.ts';
import {
  CHANNELS,
  claimNotice,
  countDue,
  dropStale,
  settleNotice,
  type Channel,
  type ClaimedNotice,
  type Ending,
} from './claim.ts';
import type { Mailer, Outcome } from './mail.ts';
import type { OutgoingDoor } from './outgoing.ts';
import { sendByMail } from './send-mail.ts';
import { sendByWebhook } from './send-webhook.ts';
import { sendBySms, type SmsSettings } from './sms.ts';

/** What notices go out by. */
export interface NoticeDesk {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly box: SecretBox;
  /** Null where no mail server is configured: then mail waits. */
  readonly mail: { readonly mailer: Mailer; readonly operatorMailbox: string } | null;
  /** Null where nothing sends text messages. */
  readonly sms: SmsSettings | null;
  readonly door: OutgoingDoor;
  /** The address by which people know the gateway; mail leads there. */
  readonly publicOrigin: string;
  /** Hears of faults of ours; the notice keeps their code. */
  readonly onFault?: (error: unknown) => void;
  /** Hears that notices wait because nothing is configured that sends them. */
  readonly onWaiting?: (channel: Channel) => void;
}

/** What became of the notices that were due. */
export interface SendReport {
  readonly sent: number;
  /** To be tried again later. */
  readonly putOff: number;
  readonly givenUp: number;
  /** Due, and not sent for want of a mail server (or of what sends text messages): the operator has to be told. */
  readonly waiting: number;
}

/** So many of a channel in one go; the next go takes the rest. */
const MOST_AT_ONCE = 200;

const COUNTED_AS = { SENT: 'SENT', PUT_OFF: 'LATER', GIVEN_UP: 'DROPPED' } as const satisfies Record<Ending, string>;

/**
 * Sends the notices of a tenant that are due, each channel by itself: one that fails holds up no other. Throws
 * DATABASE_FAILED only; what goes wrong with a receiver is kept with the notice, as a code.
 */
export async function sendDueNotices(desk: NoticeDesk, tenantId: string, signal?: AbortSignal): Promise<SendReport> {
  const ended = await Promise.allSettled(CHANNELS.map((channel) => sendChannel(desk, tenantId, channel, signal)));
  const reports = ended.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  const sum = (name: keyof SendReport): number => reports.reduce((total, report) => total + report[name], 0);
  return { sent: sum('sent'), putOff: sum('putOff'), givenUp: sum('givenUp'), waiting: sum('waiting') };
}

async function sendChannel(
  desk: NoticeDesk,
  tenantId: string,
  channel: Channel,
  signal: AbortSignal | undefined,
): Promise<SendReport> {
  if (!isOpen(desk, channel)) {
    const waiting = await countDue(desk, tenantId, channel);
    if (waiting > 0) desk.onWaiting?.(channel);
    return { sent: 0, putOff: 0, givenUp: 0, waiting };
  }
  if (channel === 'WEBHOOK') await dropStale(desk, tenantId);
  const counts = { SENT: 0, GIVEN_UP: 0, PUT_OFF: 0 };
  const skipped: string[] = [];
  for (let number = 0; number < MOST_AT_ONCE && signal?.aborted !== true; number += 1) {
    const notice = await claimNotice(desk, tenantId, channel, skipped);
    if (notice === null) break;
    const outcome = await traced('notice.send', { channel, kind: notice.kind }, async ({ note }) => {
      const sent = await sendOne(desk, tenantId, notice).catch((error: unknown) => faultOf(desk, error));
      note({ outcome: sent.kind });
      return sent;
    });
    const ending = await settleNotice(desk, tenantId, notice, outcome);
    counts[ending] += 1;
    count('carryall_notices_total', { channel, outcome: COUNTED_AS[ending] });
    if (outcome.kind === 'DOWN') break;
    // The others of an endpoint that just failed wait for the next go, and hold up nobody's in this one.
    if (outcome.kind !== 'SENT' && notice.endpointId !== null) skipped.push(notice.endpointId);
  }
  return { sent: counts.SENT, putOff: counts.PUT_OFF, givenUp: counts.GIVEN_UP, waiting: 0 };
}

/** One notice that cannot be made must not be in the way of the others. */
function faultOf({ onFault = () => {} }: NoticeDesk, error: unknown): Outcome {
  if (isCarryallError(error, 'DATABASE_FAILED')) throw error;
  onFault(error);
  return { kind: 'LATER', failureCode: isCarryallError(error) ? error.code : 'INTERNAL' };
}

function isOpen({ mail, sms }: NoticeDesk, channel: Channel): boolean {
  switch (channel) {
    case 'MAIL':
      return mail !== null;
    case 'SMS':
      return sms !== null;
    case 'WEBHOOK':
      return true;
    default:
      return channel satisfies never;
  }
}

function sendOne(desk: NoticeDesk, tenantId: string, notice: ClaimedNotice): Promise<Outcome> {
  switch (notice.channel) {
    case 'MAIL':
      return sendByMail(desk, tenantId, notice);
    case 'SMS':
      return sendBySms(desk, tenantId, notice);
    case 'WEBHOOK':
      return sendByWebhook(desk, tenantId, notice);
    default:
      return notice.channel satisfies never;
  }
}
