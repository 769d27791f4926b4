import { Webhook } from 'standardwebhooks';
import { isCarryallError } from '../errors.ts';
import type { Outcome } from './mail.ts';
import { readAtMost, type OutgoingDoor } from './outgoing.ts';

/*
 * Webhooks as standardwebhooks.com says: an id that stays the same however often it is sent, the time of sending, and a
 * signature over both and the body by each secret that is in force.
 */

/** What goes to a system. */
export interface Hook {
  /** The notice that it is. */
  readonly id: string;
  readonly url: string;
  /** whsec_…, the present one first. */
  readonly secrets: readonly string[];
  readonly body: string;
}

/** So long a receiver may take for its answer, and for each piece of it. */
const PATIENCE_MS = 10_000;
const LONGEST_MS = 20_000;
/** Nothing is done with an answer; so much is read that a short one leaves the connection usable. */
const MOST_READ_BYTES = 16_384;

/** Sends a webhook. Any 2xx is a yes; a redirect is not followed, and 410 means that the receiver is gone. */
export async function sendHook(door: OutgoingDoor, { id, url, secrets, body }: Hook, now: Date): Promise<Outcome> {
  const signal = AbortSignal.timeout(LONGEST_MS);
  try {
    const answer = await door.send(url, {
      method: 'POST',
      headers: { ...signed(secrets, id, now, body), 'content-type': 'application/json', 'user-agent': 'carryall' },
      body,
      signal,
      patienceMs: PATIENCE_MS,
    });
    // The head has said all; that the rest is slow, endless or broken changes nothing.
    await readAtMost(answer.body, MOST_READ_BYTES).catch(() => {});
    if (answer.status >= 200 && answer.status < 300) return { kind: 'SENT' };
    if (answer.status === 410) return { kind: 'NEVER', failureCode: 'HOOK_GONE' };
    return { kind: 'LATER', failureCode: answer.status < 400 ? 'HOOK_REDIRECTS' : 'HOOK_REFUSED' };
  } catch (error) {
    if (isCarryallError(error, 'BAD_INPUT')) return { kind: 'LATER', failureCode: 'ADDRESS_REFUSED' };
    return { kind: 'LATER', failureCode: 'HOOK_DOWN' };
  }
}

function signed(secrets: readonly string[], id: string, now: Date, body: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}
