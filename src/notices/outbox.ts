import type { Clock } from '../clock.ts';
import { newId } from '../ids.ts';
import { languageOf } from '../languages.ts';
import type { SecretBox } from '../store/secret-box.ts';
import type { Writer } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { NOTICE_KINDS, type NoticeKind, type Receiver } from './kinds.ts';

/** Something to be told. Who hears of it follows from its kind (see `NOTICE_KINDS`). */
export interface NewNotice {
  readonly tenantId: string;
  readonly kind: NoticeKind;
  /** An id of what happened, such as of the step or the download: of one event nobody hears twice. */
  readonly event: string;
  readonly requestId?: string | null;
  readonly bundleId?: string | null;
  readonly linkId?: string | null;
  /** Whom it concerns. Null where nobody is recognised: the same rows are written, and nobody hears (X-01). */
  readonly subjectId?: string | null;
  /** The one address of the person to which it goes, in place of all; null where there is none. */
  readonly identifierId?: string | null;
  /** The organisation that is to hear as controller. */
  readonly organisationId?: string | null;
  /** A language tag of the person. */
  readonly language?: string | null;
  /** A one-time code. */
  readonly code?: string;
  readonly notBefore?: Date;
}

/** Where notices are left in the transaction of what they tell of, so that they go out if and only if it happened. */
export interface Outbox {
  /** Writes a row for each who is to hear. Told again of the same event it does nothing. Throws DATABASE_FAILED. */
  put(writer: Writer, notice: NewNotice): Promise<void>;
}

interface Target {
  readonly channel: 'MAIL' | 'SMS' | 'WEBHOOK';
  readonly identifierId?: string;
  readonly role?: Receiver;
  readonly endpointId?: string;
}

const MOST_ADDRESSES = 10;

/** An outbox whose one-time codes are sealed by `box`. */
export function createOutbox(clock: Clock, box: SecretBox): Outbox {
  return {
    async put(writer, notice) {
      const now = clock.now();
      for (const target of await targetsOf(writer, notice)) await insert(writer, box, notice, target, now);
    },
  };
}

async function insert(writer: Writer, box: SecretBox, notice: NewNotice, target: Target, now: Date): Promise<void> {
  const { tenantId, kind, event, requestId = null, bundleId = null, linkId = null, code, notBefore = now } = notice;
  const { channel, identifierId = null, role = null, endpointId = null } = target;
  const id = newId('ntc');
  // A row that is for nobody is done with, so that it stays a trace of that and is never looked at.
  const isForNobody = role === 'PERSON' && identifierId === null;
  const receiver = identifierId ?? endpointId ?? role ?? '';
  await writer.execute(sql`INSERT INTO notice (tenant_id, id, dedupe_key, channel, kind, request_id, bundle_id, link_id,
      identifier_id, role, endpoint_id, language, secret, created_at, not_before, dropped_at, failure_code)
    VALUES (${tenantId}, ${id}, ${`${kind}/${event}/${receiver}`}, ${channel}, ${kind}, ${requestId}, ${bundleId}, ${linkId},
      ${identifierId}, ${role}, ${endpointId}, ${role === 'PERSON' ? languageOf(notice.language) : 'en'},
      ${code === undefined || isForNobody ? null : box.seal(code, secretPlace(tenantId, id))}, ${now}, ${notBefore},
      ${isForNobody ? now : null}, ${isForNobody ? 'NO_ADDRESS' : null})
    ON CONFLICT (tenant_id, dedupe_key) DO NOTHING`);
}

/** Where the code of a notice lies, as its seal knows it. */
export function secretPlace(tenantId: string, noticeId: string): readonly string[] {
  return ['notice', tenantId, noticeId];
}

async function targetsOf(writer: Writer, notice: NewNotice): Promise<readonly Target[]> {
  const { mail, webhook }: (typeof NOTICE_KINDS)[NoticeKind] = NOTICE_KINDS[notice.kind];
  const targets: Target[] = [];
  for (const role of Object.keys(mail) as Receiver[]) targets.push(...(await mailTargets(writer, notice, role)));
  if (webhook) targets.push(...(await webhookTargets(writer, notice)));
  return targets;
}

async function mailTargets(writer: Writer, notice: NewNotice, role: Receiver): Promise<readonly Target[]> {
  switch (role) {
    case 'OPERATOR':
      return [{ channel: 'MAIL', role }];
    case 'PERSON': {
      const addresses = await personAddresses(writer, notice);
      return addresses.length === 0 ? [{ channel: 'MAIL', role }] : addresses;
    }
    case 'CONTROLLER': {
      const administrators = await administratorAddresses(writer, notice);
      return administrators.length === 0 ? [{ channel: 'MAIL', role }] : administrators;
    }
    default:
      return role satisfies never;
  }
}

async function personAddresses(writer: Writer, notice: NewNotice): Promise<readonly Target[]> {
  const { tenantId, subjectId = null, identifierId } = notice;
  const rows = await writer.query<{ id: string; kind: string }>(sql`SELECT id, kind::text FROM subject_identifier
    WHERE tenant_id = ${tenantId} AND ${
      identifierId === undefined ? sql`subject_id = ${subjectId} AND kind = 'EMAIL'` : sql`id = ${identifierId}`
    } ORDER BY id LIMIT ${MOST_ADDRESSES}`);
  return rows.map(({ id, kind }) => ({
    channel: kind === 'PHONE' ? 'SMS' : 'MAIL',
    role: 'PERSON',
    identifierId: id,
  }));
}

/** A customer is who administers its organisation: a domain of addresses proves nothing. */
async function administratorAddresses(writer: Writer, notice: NewNotice): Promise<readonly Target[]> {
  const { tenantId, organisationId = null } = notice;
  const rows = await writer.query<{ id: string }>(sql`SELECT i.id FROM membership m
    JOIN subject_identifier i ON i.tenant_id = m.tenant_id AND i.subject_id = m.subject_id AND i.kind = 'EMAIL'
    WHERE m.tenant_id = ${tenantId} AND m.organisation_id = ${organisationId} AND m.role = 'ADMIN'
    ORDER BY i.id LIMIT ${MOST_ADDRESSES}`);
  return rows.map(({ id }) => ({ channel: 'MAIL', role: 'CONTROLLER', identifierId: id }));
}

async function webhookTargets(writer: Writer, { tenantId, kind }: NewNotice): Promise<readonly Target[]> {
  const rows = await writer.query<{ id: string }>(sql`SELECT id FROM webhook_endpoint
    WHERE tenant_id = ${tenantId} AND ${kind} = ANY (kinds) ORDER BY id`);
  return rows.map(({ id }) => ({ channel: 'WEBHOOK', endpointId: id }));
}
