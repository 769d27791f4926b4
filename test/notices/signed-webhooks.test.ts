import { describe, expect, test, vi } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { rotateSecret } from '../../src/notices/endpoints.ts';
import { sendDueNotices } from '../../src/notices/send.ts';
import { withTransaction } from '../../src/store/session.ts';
import { hookStage } from './hook-stage.ts';
import type { Heard } from './listener.ts';
import { TENANT } from './stage.ts';

const at = hookStage();

/** A receiver as operators build them: it checks with the library, and remembers the ids that it has seen. */
function receiver(secret: string, laterMs = 0): (heard: Heard | undefined) => 'TAKEN' | 'SEEN' | 'REFUSED' {
  const seen = new Set<string>();
  return (heard) => {
    const { headers = {}, body = '' } = heard ?? {};
    // The library knows no clock but the machine's.
    vi.useFakeTimers({ toFake: ['Date'], now: at.stage.clock.now().getTime() + laterMs });
    try {
      new Webhook(secret).verify(body, headers as Record<string, string>);
    } catch {
      return 'REFUSED';
    } finally {
      vi.useRealTimers();
    }
    const id = String(headers['webhook-id']);
    if (seen.has(id)) return 'SEEN';
    seen.add(id);
    return 'TAKEN';
  };
}

describe('X-27: a receiver can tell that a webhook is ours, whole, recent and not seen before', () => {
  test('what we send verifies, and a second time it is known', async () => {
    const { secret } = await at.create();
    await at.ready('r');
    await sendDueNotices(at.desk, TENANT);
    const take = receiver(secret);
    expect(take(at.listener.heard[0])).toBe('TAKEN');
    expect(take(at.listener.heard[0])).toBe('SEEN');
  });

  test('a changed body, id or time, or another secret, does not', async () => {
    const { secret } = await at.create();
    await at.ready('r');
    await sendDueNotices(at.desk, TENANT);
    const [heard] = at.listener.heard;
    if (heard === undefined) throw new Error('nothing was sent');
    const take = receiver(secret);
    const time = Number(heard.headers['webhook-timestamp']);
    expect(take({ ...heard, body: heard.body.replace('req_1', 'req_2') })).toBe('REFUSED');
    expect(take({ ...heard, headers: { ...heard.headers, 'webhook-id': 'ntc_other' } })).toBe('REFUSED');
    expect(take({ ...heard, headers: { ...heard.headers, 'webhook-timestamp': String(time + 1) } })).toBe('REFUSED');
    expect(receiver(`whsec_${Buffer.alloc(32).toString('base64')}`)(heard)).toBe('REFUSED');
  });

  test('a replay after five minutes is refused', async () => {
    const { secret } = await at.create();
    await at.ready('r');
    await sendDueNotices(at.desk, TENANT);
    expect(receiver(secret, 299_000)(at.listener.heard[0])).toBe('TAKEN');
    expect(receiver(secret, 301_000)(at.listener.heard[0])).toBe('REFUSED');
  });

  test('after a rotation both secrets sign for a day, and then the new one alone', async () => {
    const { endpoint: made, secret } = await at.create();
    const { secret: next } = await withTransaction(at.stage.pool, TENANT, (writer) =>
      rotateSecret(at.stage, writer, TENANT, made.id),
    );
    expect(next).not.toBe(secret);
    await at.ready('one');
    await sendDueNotices(at.desk, TENANT);
    at.stage.clock.pass(24 * 3_600_000);
    await at.ready('two');
    await sendDueNotices(at.desk, TENANT);
    const signatures = at.listener.heard.map(({ headers }) => String(headers['webhook-signature']).split(' '));
    const by = (key: string, { headers, body }: Heard): string =>
      new Webhook(key).sign(String(headers['webhook-id']), new Date(Number(headers['webhook-timestamp']) * 1000), body);
    const [first, second] = at.listener.heard;
    if (first === undefined || second === undefined) throw new Error('two were to be sent');
    expect(signatures).toEqual([[by(next, first), by(secret, first)], [by(next, second)]]);
  });
});
