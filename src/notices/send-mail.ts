import { withSnapshot } from '../store/session.ts';
import type { ClaimedNotice } from './claim.ts';
import { readTold } from './facts.ts';
import { noticeUrl } from './links.ts';
import type { Outcome } from './mail.ts';
import { render } from './render.ts';
import type { NoticeDesk } from './send.ts';
import { wordingOf } from './wording.ts';

/** Sends a notice by mail: to the one address that it names, or to the operator's mailbox. */
export async function sendByMail(desk: NoticeDesk, tenantId: string, notice: ClaimedNotice): Promise<Outcome> {
  const { mail, pool, box, clock } = desk;
  if (mail === null) return { kind: 'DOWN', failureCode: 'NO_MAIL_SERVER' };
  const told = await withSnapshot(pool, tenantId, (reader) => readTold(reader, tenantId, notice));
  const to = notice.identifierId === null ? mail.operatorMailbox : told.address;
  // Erased since the notice was written.
  if (to === null) return { kind: 'NEVER', failureCode: 'NO_ADDRESS' };
  const wording = wordingOf(box, tenantId, notice, told, clock.now());
  if ('failureCode' in wording) return { kind: 'NEVER', ...wording };
  const { key, language, facts } = wording;
  const url = noticeUrl(desk.publicOrigin, { ...notice, tenantId, channel: told.channel });
  return mail.mailer.send({ id: notice.id, to, ...render(key, language, facts, url) });
}
