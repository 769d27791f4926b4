import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileRequest } from '../../src/requests/file.ts';
import { REQUEST_LIMITS } from '../../src/requests/limits.ts';
import { readSealing } from '../../src/requests/sealing.ts';
import { fileUnproven, prove } from '../../src/requests/unproven.ts';
import { readRequest, type RequestRow } from '../../src/requests/read.ts';
import { addPerson, privacyStaff } from '../graphql/people.ts';
import { file, filingOf, openDesk, refusal, type TestDesk } from './open-desk.ts';

const RECIPIENT = await identityToRecipient(await generateX25519Identity());
let at: TestDesk;

beforeAll(async () => {
  at = await openDesk();
});

afterAll(() => at[Symbol.asyncDispose]());

const count = (tenantId: string, subjectId: string) =>
  at.prisma.dataSubjectRequest.count({ where: { tenantId, subjectId } });
const buildsOf = ({ id }: RequestRow) => at.queued.filter(({ requestId }) => requestId === id);

test('U-13: the same question under the same key, fifty times at once, is one request', async () => {
  await addPerson(at.prisma, 'cp', 'fifty');
  const rows = await Promise.all(Array.from({ length: 50 }, () => file(at, 'cp', 'fifty', { key: 'once' })));
  const [first] = rows;
  expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
  expect(await count('cp', 'fifty')).toBe(1);
  expect(first && buildsOf(first)).toHaveLength(1);
});

test('U-13: the key gives the same request when that is over', async () => {
  await addPerson(at.prisma, 'cp', 'late');
  const row = await file(at, 'cp', 'late', { key: 'late', passphrase: 'correct horse battery' });
  await at.advance('cp', { requestId: row.id, step: 'BUILD' });
  await at.advance('cp', { requestId: row.id, step: 'PUBLISH', attempt: 1 });
  const again = await file(at, 'cp', 'late', { key: 'late', passphrase: 'correct horse battery' });
  expect(again).toMatchObject({ id: row.id, status: 'READY' });
  const other = await file(at, 'cp', 'late', { key: 'another' });
  expect(other.id).not.toBe(row.id);
});

test.each([
  ['another right', { right: 'PORTABILITY' }],
  ['another format', { format: 'JSON' }],
  ['another language', { language: 'fr' }],
  ['no passphrase', { passphrase: null }],
  ['another passphrase', { passphrase: 'Correct horse battery' }],
  ['a recipient', { passphrase: null, recipient: RECIPIENT }],
] as const)('U-14: %s under the same key is refused, and nothing is made', async (_what, other) => {
  const id = `mismatch-${_what.replaceAll(' ', '-')}`;
  await addPerson(at.prisma, 'cp', id);
  const question = { key: 'k', passphrase: 'correct horse battery' };
  await file(at, 'cp', id, question);
  expect(await refusal(file(at, 'cp', id, { ...question, ...other }))).toBe('IDEMPOTENCY_MISMATCH');
  expect(await count('cp', id)).toBe(1);
});

test('U-15: a key means nothing to another person or at another operator', async () => {
  for (const [tenant, id] of [
    ['cp', 'mine'],
    ['cp', 'yours'],
    ['other', 'mine'],
  ] as const)
    await addPerson(at.prisma, tenant, id);
  const [mine, yours, elsewhere] = [
    await file(at, 'cp', 'mine', { key: 'shared' }),
    await file(at, 'cp', 'yours', { key: 'shared', right: 'PORTABILITY' }),
    await file(at, 'other', 'mine', { key: 'shared', right: 'PORTABILITY' }),
  ];
  expect(new Set([mine.id, yours.id, elsewhere.id]).size).toBe(3);
});

test('U-16: a key whose transaction broke off is free, and one that was kept gives the same request', async () => {
  await addPerson(at.prisma, 'cp', 'crash');
  const filing = filingOf('cp', 'crash', { key: 'crash' });
  const broken = at.within('cp', async (writer) => {
    await fileRequest(at.desk, writer, filing);
    throw new Error('The process dies before it commits');
  });
  await expect(broken).rejects.toThrow('dies');
  expect(await count('cp', 'crash')).toBe(0);
  const row = await file(at, 'cp', 'crash', { key: 'crash' });
  expect(await file(at, 'cp', 'crash', { key: 'crash' })).toMatchObject({ id: row.id });
});

test('U-17: what is rolled back leaves no request, no notice, no history and no entry in the audit log', async () => {
  await addPerson(at.prisma, 'cp', 'undone');
  await expect(
    at.take('cp', async (writer) => {
      await fileRequest(at.desk, writer, filingOf('cp', 'undone'));
      throw new Error('No');
    }),
  ).rejects.toThrow('No');
  const where = { tenantId: 'cp', subjectId: 'undone' };
  expect(await at.prisma.dataSubjectRequest.count({ where })).toBe(0);
  expect(await at.prisma.auditEvent.count({ where })).toBe(0);
  expect(await at.prisma.notice.count({ where: { tenantId: 'cp', identifierId: 'email_undone' } })).toBe(0);
});

test('U-36: of twenty who ask at once under different keys all get the one request', async () => {
  await addPerson(at.prisma, 'cp', 'twenty');
  const rows = await Promise.all(Array.from({ length: 20 }, () => file(at, 'cp', 'twenty')));
  expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
  expect(await count('cp', 'twenty')).toBe(1);
  // In another way it is another wish, and that is said.
  expect(await refusal(file(at, 'cp', 'twenty', { format: 'JSON' }))).toBe('WRONG_STATE');
  const portability = await file(at, 'cp', 'twenty', { right: 'PORTABILITY' });
  expect(portability.id).not.toBe(rows[0]?.id);
});

test('X-35: the first copies of a month are built unseen, and the next is taken and looked at, never dropped', async () => {
  await addPerson(at.prisma, 'cp', 'often');
  const statuses: string[] = [];
  for (let copy = 0; copy < 20; copy += 1) {
    const row = await file(at, 'cp', 'often');
    statuses.push(row.status);
    await at.advance('cp', { requestId: row.id, step: 'CANCEL' });
  }
  expect(statuses).toEqual([...Array(4).fill('APPROVED'), ...Array(16).fill('NEEDS_REVIEW')]);
  // Another right is not the same question.
  expect((await file(at, 'cp', 'often', { right: 'PORTABILITY' })).status).toBe('APPROVED');
});

test('X-31: at an operator with very many requests first copies are still built unseen', async () => {
  for (const id of ['flood-1', 'flood-2']) await addPerson(at.prisma, 'cn', id);
  const narrow = { ...at, desk: { ...at.desk, limits: { ...REQUEST_LIMITS, requestsPerTenant: 1 } } };
  const first = await file(narrow, 'cn', 'flood-1');
  expect(first.status).toBe('APPROVED');
  await at.advance('cn', { requestId: first.id, step: 'CANCEL' });
  expect((await file(narrow, 'cn', 'flood-2')).status).toBe('APPROVED');
  expect((await file(narrow, 'cn', 'flood-1')).status).toBe('NEEDS_REVIEW');
});

test('the passphrase lies sealed, is nowhere else, opens for its own request alone, and goes when the bundle is there', async () => {
  await addPerson(at.prisma, 'cp', 'sealed');
  const passphrase = 'a phrase that nobody else knows';
  const row = await file(at, 'cp', 'sealed', { passphrase });
  const key = { tenantId: 'cp', requestId: row.id };
  const open = () => at.within('cp', (writer) => readSealing(writer, at.desk.box, key));
  expect(await open()).toEqual({ kind: 'PASSPHRASE', passphrase });
  const { rows } = await at.pool.query<{ all: string }>(
    `SELECT (SELECT string_agg(r::text, ' ') FROM data_subject_request r) || (SELECT string_agg(e::text, ' ') FROM audit_event e)
       || (SELECT string_agg(i::text, ' ') FROM idempotent_answer i) AS all`,
  );
  expect(rows[0]?.all).toContain(row.id);
  expect(rows[0]?.all).not.toContain(passphrase);
  expect(rows[0]?.all).not.toContain(Buffer.from(passphrase).toString('hex'));

  const other = await file(at, 'cp', 'sealed', { right: 'PORTABILITY', passphrase: 'another phrase of them' });
  await at.pool.query(
    `UPDATE data_subject_request SET sealing = (SELECT sealing FROM data_subject_request WHERE id = $1) WHERE id = $2`,
    [other.id, row.id],
  );
  expect(await refusal(open())).toBe('KEYS_INVALID');

  await at.advance('cp', { requestId: row.id, step: 'BUILD' });
  await at.advance('cp', { requestId: row.id, step: 'PUBLISH', attempt: 1 });
  expect(await open()).toBeNull();
});

test('a wish is refused with all its faults, and none repeats what was sent', async () => {
  await addPerson(at.prisma, 'cp', 'faulty');
  const faulty = { right: 'EVERYTHING', format: 'PDF', language: '!', passphrase: 'hush', recipient: 'age1secret' };
  const error = await file(at, 'cp', 'faulty', faulty).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'BAD_INPUT',
    faults: ['right', 'format', 'language', 'recipient', 'recipient', 'passphrase', 'recipient'].map((path) =>
      expect.objectContaining({
        path: expect.stringMatching(/^(right|format|language|passphrase|recipient)$/) ?? path,
      }),
    ),
  });
  expect(JSON.stringify(error)).not.toMatch(/EVERYTHING|PDF|hush|age1secret/);
  expect(await refusal(file(at, 'cp', 'faulty', { key: ' ' }))).toBe('BAD_INPUT');
  expect(await refusal(file(at, 'cp', 'faulty', { right: 'ERASURE', passphrase: 'long enough to be one' }))).toBe(
    'BAD_INPUT',
  );
  expect(await refusal(file(at, 'cp', 'nobody'))).toBe('NOT_FOUND');
  expect(await count('cp', 'faulty')).toBe(0);
});

test('who says no language is told in the one that they chose elsewhere, as far as it is one of ours', async () => {
  for (const [id, preferredLanguage] of [
    ['flemish', 'nl-BE'],
    ['brazilian', 'pt-BR'],
    ['silent', null],
  ] as const)
    await addPerson(at.prisma, 'cp', id, { preferredLanguage });
  expect((await file(at, 'cp', 'flemish')).language).toBe('nl');
  expect((await file(at, 'cp', 'brazilian')).language).toBe('en');
  expect((await file(at, 'cp', 'silent')).language).toBeNull();
  expect((await file(at, 'cp', 'flemish', { right: 'PORTABILITY', language: 'fr' })).language).toBe('fr');
  const notices = await at.prisma.notice.findMany({
    where: { identifierId: 'email_flemish' },
    orderBy: { language: 'asc' },
  });
  expect(notices.map(({ language }) => language)).toEqual(['fr', 'nl']);
});

test('what is held is queued for when it may be built, and the person is told', async () => {
  await addPerson(at.prisma, 'cp', 'held');
  const heldUntil = new Date('2026-11-25T00:00:00Z');
  const row = await at.take('cp', (writer) => fileRequest(at.desk, writer, { ...filingOf('cp', 'held'), heldUntil }));
  expect(buildsOf(row)).toEqual([{ tenantId: 'cp', requestId: row.id, notBefore: heldUntil }]);
  const notices = await at.prisma.notice.findMany({ where: { tenantId: 'cp', requestId: row.id } });
  expect(notices.map(({ kind }) => kind).toSorted()).toEqual(['REQUEST_HELD', 'REQUEST_RECEIVED']);
});

test('X-05: a request that is not proven neither shows nor takes over one that is', async () => {
  await addPerson(at.prisma, 'cp', 'doubled');
  const proven = await file(at, 'cp', 'doubled');
  const by = privacyStaff('cp');
  const unproven = (subjectId: string | null, key: string) =>
    at.take('cp', (writer) => fileUnproven(at.desk, writer, { ...filingOf('cp', 'doubled', { by, key }), subjectId }));
  const second = await unproven('doubled', 'one');
  expect(second).toMatchObject({ status: 'AWAITING_IDENTITY' });
  expect(second.id).not.toBe(proven.id);
  expect(buildsOf(second)).toEqual([]);
  expect(
    await refusal(at.take('cp', (writer) => prove(at.desk, writer, { tenantId: 'cp', requestId: second.id, by }))),
  ).toBe('WRONG_STATE');
  await at.advance('cp', { requestId: proven.id, step: 'CANCEL' });
  const later = await at.take('cp', (writer) => prove(at.desk, writer, { tenantId: 'cp', requestId: second.id, by }));
  expect(later.status).toBe('APPROVED');
  // Nobody's address gets the same answer.
  const nobody = await unproven(null, 'two');
  const { id: _id, subjectId: _subjectId, ...alike } = nobody;
  expect(second).toMatchObject(alike);
});

test('X-01: nobody proves what is nobody’s', async () => {
  const by = privacyStaff('cp');
  const row = await at.take('cp', (writer) =>
    fileUnproven(at.desk, writer, { ...filingOf('cp', 'x', { by }), subjectId: null }),
  );
  const proven = at.take('cp', (writer) => prove(at.desk, writer, { tenantId: 'cp', requestId: row.id, by }));
  expect(await refusal(proven)).not.toBe('DONE');
  expect(await at.within('cp', (writer) => readRequest(writer, 'cp', row.id))).toMatchObject({
    status: 'AWAITING_IDENTITY',
  });
});
