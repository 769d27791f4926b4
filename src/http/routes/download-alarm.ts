import type { DeliveryDesk } from '../../delivery/desk.ts';
import { reportGuessing } from '../../delivery/guessing.ts';

/** Hears of links that are wrong. */
export interface Alarm {
  /** `tenantId` is what a forged one claims. */
  wrong(tenantId: string | null): void;
}

const MINUTE_MS = 60_000;

/** Reports, once for every hour in which it happens, that many wrong links came within a minute (D-34). */
export function alarmAt(desk: DeliveryDesk): Alarm {
  let minute = { since: 0, wrong: 0 };
  let reported = '';
  return {
    wrong(tenantId) {
      const now = desk.clock.now();
      if (now.getTime() - minute.since >= MINUTE_MS) minute = { since: now.getTime(), wrong: 0 };
      minute.wrong += 1;
      const hour = now.toISOString().slice(0, 13);
      if (minute.wrong < desk.limits.wrongLinks || hour === reported) return;
      reported = hour;
      void reportGuessing(desk, tenantId, hour).catch(desk.onFault);
    },
  };
}
