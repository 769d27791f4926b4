import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/languages.ts';
import { NOTICE_KINDS, type NoticeKind, type Receiver } from '../../src/notices/kinds.ts';
import { createMailer } from '../../src/notices/mail.ts';
import { sendDueNotices, type NoticeDesk } from '../../src/notices/send.ts';
import { openPostOffice, type PostOffice } from './post-office.ts';
import { CANARY, openStage, ORIGIN, TENANT, type Stage } from './stage.ts';

let stage: Stage;
let office: PostOffice;
let desk: NoticeDesk;

beforeAll(async () => {
  stage = await openStage();
});

beforeEach(async () => {
  await stage.pool.query('DELETE FROM notice');
  office = await openPostOffice();
  const mailer = createMailer({ server: office.url, from: 'Callr <privacy@callr.example>' });
  desk = { ...stage, mail: { mailer, operatorMailbox: 'desk@callr.example' }, sms: null };
  return async () => {
    mailer[Symbol.dispose]();
    await office[Symbol.asyncDispose]();
  };
});

afterAll(() => stage[Symbol.asyncDispose]());

const WORDINGS = Object.entries(NOTICE_KINDS).flatMap(([kind, { mail }]) =>
  (Object.keys(mail) as Receiver[]).flatMap((role) => LANGUAGES.map((language) => ({ kind, role, language }) as const)),
);

const pathOf = (kind: string, role: string): string => {
  if (kind === 'REQUEST_HELD') return `/intake/${TENANT}/req_1/cancel`;
  return `/portal/${role === 'PERSON' ? 'requests' : 'queue'}/req_1`;
};

test('every kind of notice is told in every language, whole, and with nothing personal in it', async () => {
  for (const { kind, role, language } of WORDINGS) {
    await stage.pool.query('DELETE FROM notice');
    await stage.put({
      kind: kind as NoticeKind,
      event: 'e',
      requestId: 'req_1',
      subjectId: 'ann',
      identifierId: 'new',
      language,
      ...(kind === 'IDENTITY_CODE' ? { code: '12345678' } : {}),
    });
    // Staff read English; their words are there in all languages all the same.
    await stage.pool.query('UPDATE notice SET language = $1', [language]);
    await stage.pool.query('DELETE FROM notice WHERE role <> $1', [role]);
    const before = office.mails.length;
    expect(await sendDueNotices(desk, TENANT)).toEqual({ sent: 1, putOff: 0, givenUp: 0, waiting: 0 });
    const [mail] = office.mails.slice(before);
    const { subject = '', text = '', html } = mail?.parsed ?? {};
    const where = `${kind} ${role} ${language}`;
    expect(mail?.to, where).toEqual([role === 'PERSON' ? `${CANARY}@example.org` : 'desk@callr.example']);
    for (const part of [subject, text, String(html)]) {
      expect(part, where).not.toMatch(/[{}]|undefined|null|NaN|Invalid/);
      expect(part, where).not.toContain(CANARY);
      expect(part, where).not.toMatch(/\bann\b|\+31612345678/);
    }
    expect(subject.length, where).toBeGreaterThan(5);
    expect(subject.length, where).toBeLessThan(90);
    expect(String(html), where).toContain(`<html lang="${language}">`);
    const links = [...text.matchAll(/https?:\S+/g)].map(([link]) => link);
    expect(links, where).toEqual(kind === 'IDENTITY_CODE' ? [] : [`${ORIGIN}${pathOf(kind, role)}`]);
  }
});

test('a code comes alone: no name, no request, no link, and the row forgets it', async () => {
  await stage.put({ kind: 'IDENTITY_CODE', event: 'c', requestId: 'req_1', identifierId: 'new', code: '86420975' });
  const [before] = await stage.notices();
  expect(Buffer.from(before?.secret ?? []).toString('latin1')).not.toContain('86420975');
  await sendDueNotices(desk, TENANT);
  const { subject, text = '', html } = office.mails[0]?.parsed ?? {};
  expect(subject).toBe('Your code');
  expect(text).toContain('Your code is 86420975');
  for (const part of [text, String(html)]) expect(part).not.toMatch(/req_1|Callr|https?:/);
  expect(await stage.notices()).toMatchObject([{ secret: null, failureCode: null }]);
});

test('the name of an operator is text in the mail, whatever it looks like', async () => {
  await stage.put({ kind: 'BUNDLE_READY', event: 'r', requestId: 'req_1', identifierId: 'new' });
  await sendDueNotices(desk, TENANT);
  const { subject, html } = office.mails[0]?.parsed ?? {};
  expect(subject).toBe('Callr & <Sons>: your data are ready');
  expect(String(html)).toContain('Callr &amp; &lt;Sons&gt;');
});

test('X-10: a download is told at every address that is held, with its time and its network', async () => {
  await stage.pool.query(`SET session_replication_role = replica;
    INSERT INTO download (tenant_id, id, link_id, bundle_id, subject_id, session, network, started_at, seen_at)
    VALUES ('${TENANT}', 'd1', 'l1', 'b1', 'ann', 's', '203.0.113.0/24', now(), now()); RESET session_replication_role`);
  await stage.put({
    kind: 'BUNDLE_DOWNLOADED',
    event: 'd1',
    requestId: 'req_1',
    linkId: 'l1',
    subjectId: 'ann',
    language: 'nl-BE',
  });
  await sendDueNotices(desk, TENANT);
  expect(office.mails.flatMap(({ to }) => to).toSorted()).toEqual(
    [`${CANARY}.old@example.org`, `${CANARY}@example.org`].toSorted(),
  );
  const text = office.mails[0]?.parsed.text ?? '';
  expect(text).toContain('22 november 2026 om 10:00 UTC');
  expect(text).toContain('203.0.113.0/24');
  expect(text).toContain('download intrekken');
});

test('who asked without signing in is led back to where they can show again who they are', async () => {
  await stage.pool.query(`UPDATE data_subject_request SET channel = 'INTAKE'`);
  await stage.put({ kind: 'BUNDLE_READY', event: 'r', requestId: 'req_1', identifierId: 'new' });
  await sendDueNotices(desk, TENANT);
  await stage.pool.query(`UPDATE data_subject_request SET channel = 'PORTAL'`);
  expect(office.mails[0]?.parsed.text).toContain(`${ORIGIN}/intake/${TENANT}/req_1\n`);
});

test('mail is marked as automatic, and says which notice it is', async () => {
  await stage.put({ kind: 'BUNDLE_READY', event: 'r', requestId: 'req_1', identifierId: 'new' });
  await sendDueNotices(desk, TENANT);
  const [notice] = await stage.notices();
  const { headers, messageId } = office.mails[0]?.parsed ?? {};
  expect(headers?.get('auto-submitted')).toBe('auto-generated');
  expect(messageId).toBe(`<${notice?.id}@callr.example>`);
});

test('an address with characters of its own is still one receiver', async () => {
  await stage.prisma.subjectIdentifier.create({
    data: {
      tenantId: TENANT,
      id: 'odd',
      subjectId: 'ann',
      sourceSystem: 'test',
      kind: 'EMAIL',
      value: '"a,b"@example.org',
    },
  });
  await stage.put({ kind: 'BUNDLE_READY', event: 'odd', requestId: 'req_1', identifierId: 'odd' });
  await sendDueNotices(desk, TENANT);
  await stage.prisma.subjectIdentifier.deleteMany({ where: { id: 'odd' } });
  expect(office.mails.map(({ to }) => to)).toEqual([['"a,b"@example.org']]);
});

test('X-02: a code that waited for longer than it is good for is not sent', async () => {
  await stage.put({ kind: 'IDENTITY_CODE', event: 'late', requestId: 'req_1', identifierId: 'new', code: '12345678' });
  stage.clock.pass(15 * 60_000);
  expect(await sendDueNotices(desk, TENANT)).toMatchObject({ sent: 0, givenUp: 1 });
  expect(await stage.notices()).toMatchObject([{ failureCode: 'EXPIRED', secret: null }]);
  expect(office.mails).toEqual([]);
});

test('the customer is told at its administrators’ addresses, and at the operator’s mailbox where it has none', async () => {
  await stage.prisma.organisation.create({
    data: { tenantId: TENANT, id: 'org', sourceSystem: 'test', name: 'A customer' },
  });
  await stage.put({ kind: 'INSTRUCTION_WANTED', event: 'one', requestId: 'req_1', organisationId: 'org' });
  await stage.prisma.membership.create({
    data: { tenantId: TENANT, id: 'm', subjectId: 'ann', sourceSystem: 'test', organisationId: 'org', role: 'ADMIN' },
  });
  await stage.put({ kind: 'INSTRUCTION_WANTED', event: 'two', requestId: 'req_1', organisationId: 'org' });
  await sendDueNotices(desk, TENANT);
  expect(office.mails.flatMap(({ to }) => to).toSorted()).toEqual(
    [`${CANARY}.old@example.org`, `${CANARY}@example.org`, 'desk@callr.example'].toSorted(),
  );
});

test('a reminder of what has been answered since is not sent', async () => {
  await stage.put({ kind: 'OVERDUE', event: 'o', requestId: 'req_1' });
  await stage.pool.query(`UPDATE data_subject_request SET status = 'REFUSED'`);
  await sendDueNotices(desk, TENANT);
  await stage.pool.query(`UPDATE data_subject_request SET status = 'RECEIVED'`);
  expect(await stage.notices()).toMatchObject([{ failureCode: 'NOT_NEEDED' }]);
});
