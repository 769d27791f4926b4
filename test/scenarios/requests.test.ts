import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '../../src/clock.ts';
import { goOn } from '../../src/jobs/housekeeping.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { createRequestDesk, NO_QUEUE } from '../../src/requests/desk.ts';
import { auditing } from '../graphql/audit-log.ts';
import { addCustomer, instruct } from '../graphql/mandates.ts';
import { addPerson, customerStaff, owned, privacyStaff, subject } from '../graphql/people.ts';
import { act, fileRequest, readRequest, seen } from '../requests/asking.ts';
import { openStage, type Stage } from './stage.ts';

let at: Stage;

beforeAll(async () => {
  at = await openStage();
});

afterAll(() => at[Symbol.asyncDispose]());

const WHEN = new Date('2026-06-01T00:00:00Z');

/** Somebody of whom there is an address or a number and nothing else. */
async function addStranger(
  tenantId: 'cx' | 'ct' | 'cn',
  id: string,
  kind: 'EMAIL' | 'PHONE',
  value: string,
): Promise<void> {
  await at.prisma.subject.create({ data: { tenantId, id } });
  await at.prisma.subjectIdentifier.create({ data: { ...owned(tenantId, id, `own-${id}`), kind, value } });
}

/** The kinds of notices about a request, and to whom they go. */
async function told(tenantId: string, requestId: string): Promise<readonly string[]> {
  const notices = await at.prisma.notice.findMany({ where: { tenantId, requestId }, orderBy: { dedupeKey: 'asc' } });
  return notices.map(({ kind, role, identifierId }) => `${kind} ${role} ${identifierId}`);
}

test('AS-12 a request of somebody who is known only through a licensee is passed on to the licensee', async () => {
  await addPerson(at.prisma, 'cx', 'licensee-admin');
  await addCustomer(at, 'cx', 'licensee', []);
  await at.prisma.membership.create({
    data: { ...owned('cx', 'licensee-admin', 'm-licensee'), organisationId: 'licensee', role: 'ADMIN' },
  });
  await addStranger('cx', 'end-user', 'EMAIL', 'end-user@example.org');
  await at.prisma.endUser.create({
    data: { ...owned('cx', 'end-user', 'eu-1'), organisationId: 'licensee', data: { note: 'Of the licensee alone' } },
  });

  const asked = await auditing(at, 'cx', () => fileRequest(at, subject('cx', 'end-user'), { right: 'PORTABILITY' }));
  const request = seen(asked.result);
  expect(request).toMatchObject({ status: 'FORWARDED', bundle: null });
  expect(request.decisions.length).toBeGreaterThan(0);
  for (const { outcome } of request.decisions) expect(['FORWARDED', 'REFERRED']).toContain(outcome);
  expect(request.decisions).toContainEqual(
    expect.objectContaining({
      relation: 'END_USER',
      outcome: 'FORWARDED',
      party: 'Customer licensee',
      clauses: ['§1'],
    }),
  );
  expect(JSON.stringify(request)).not.toContain('Of the licensee alone');
  expect(asked.entries).toMatchObject([
    { action: 'REQUEST', subjectId: 'end-user', detail: { step: 'FILE' } },
    {
      action: 'REQUEST',
      policy: expect.stringMatching(/^CX /),
      detail: { step: 'ROUTE_FORWARD', to: 'FORWARDED', clauses: ['1'] },
    },
  ]);
  const forwarded = (await told('cx', request.id)).filter((each) => each.startsWith('REQUEST_FORWARDED'));
  expect(forwarded).toEqual([
    'REQUEST_FORWARDED CONTROLLER email_licensee-admin',
    'REQUEST_FORWARDED PERSON own-end-user',
  ]);
});

test('AS-21, A-39 a request for what is only processed waits for an instruction, whether or not there is anything', async () => {
  await addPerson(at.prisma, 'ct', 'user-admin');
  await addCustomer(at, 'ct', 'user', []);
  await at.prisma.membership.create({
    data: { ...owned('ct', 'user-admin', 'm-user'), organisationId: 'user', role: 'ADMIN' },
  });
  for (const id of ['called', 'never-called']) {
    await addStranger('ct', id, 'EMAIL', `${id}@example.org`);
    await at.prisma.endUser.create({ data: { ...owned('ct', id, `eu-${id}`), organisationId: 'user', data: {} } });
  }
  await at.prisma.callRecord.create({
    data: { ...owned('ct', 'called', 'call-1'), startedAt: WHEN, durationSeconds: 61, status: 'ANSWERED' },
  });

  const request = seen(await fileRequest(at, subject('ct', 'called'), { right: 'ACCESS' }));
  expect(request).toMatchObject({ status: 'INSTRUCTION_REQUIRED', bundle: null });
  expect(request.decisions).toContainEqual(
    expect.objectContaining({
      role: 'CT-p',
      outcome: 'INSTRUCTION_REQUIRED',
      party: 'Customer user',
      clauses: ['§10.2', '§9.3'],
      items: expect.arrayContaining(['CT-22', 'CT-23']),
    }),
  );
  expect(await told('ct', request.id)).toContain('INSTRUCTION_WANTED CONTROLLER email_user-admin');
  // Who was never called gets the same answer: it says nothing of what is held.
  const other = seen(await fileRequest(at, subject('ct', 'never-called'), { right: 'ACCESS' }));
  const alike = ({ status, decisions, dueAt, canCancel }: typeof request) => ({
    status,
    dueAt,
    canCancel,
    decisions: decisions.map(({ id: _id, ...rest }) => rest),
  });
  expect(alike(other)).toEqual(alike(request));

  const wish = {
    organisation: 'user',
    items: ['CT-22', 'CT-23'],
    purpose: 'DATA_SUBJECT_REQUEST',
    exportAllowed: true,
  };
  const staff = customerStaff('ct', 'user');
  await instruct(at, staff, { ...wish, exportAllowed: false });
  expect(await readRequest(at, subject('ct', 'called'), request.id)).toMatchObject({ status: 'INSTRUCTION_REQUIRED' });
  const instruction = await instruct(at, staff, wish);
  const resumed = seen(await readRequest(at, subject('ct', 'called'), request.id));
  expect(resumed.status).toBe('APPROVED');
  expect(resumed.decisions).toContainEqual(
    expect.objectContaining({ role: 'CT-p', outcome: 'BUILD', items: ['CT-22', 'CT-23'] }),
  );
  const decision = await at.prisma.routingDecision.findFirst({
    where: { tenantId: 'ct', requestId: request.id, role: 'CT-p', outcome: 'BUILD' },
  });
  expect(decision?.instructionId).toBe(instruction);

  // what was allowed when it was approved is asked again when it is built.
  const calls = async () => (await at.export('ct', 'called', 'ACCESS')).data.get('call-records')?.length ?? 0;
  expect(await calls()).toBe(1);
  await at.ask(staff, 'mutation ($id: ID!) { revokeInstruction(id: $id) { revokedAt } }', {
    variables: { id: instruction },
  });
  expect(await calls()).toBe(0);
});

test('an instruction that begins later lets a request go on when it begins', async () => {
  await addPerson(at.prisma, 'ct', 'second-admin');
  await addCustomer(at, 'ct', 'second', []);
  await at.prisma.membership.create({
    data: { ...owned('ct', 'second-admin', 'm-second'), organisationId: 'second', role: 'ADMIN' },
  });
  await addStranger('ct', 'patient', 'EMAIL', 'patient@example.org');
  await at.prisma.endUser.create({
    data: { ...owned('ct', 'patient', 'eu-patient'), organisationId: 'second', data: {} },
  });
  const request = seen(await fileRequest(at, subject('ct', 'patient'), { right: 'ACCESS' }));
  await instruct(at, customerStaff('ct', 'second'), {
    organisation: 'second',
    items: ['CT-22', 'CT-23'],
    purpose: 'DATA_SUBJECT_REQUEST',
    exportAllowed: true,
    from: '2026-12-01T00:00:00Z',
  });
  const statusOn = async (day: string): Promise<string | undefined> => {
    const clock = fixedClock(`${day}T12:00:00Z`);
    const { pool, audit, key } = at;
    const desk = createRequestDesk({
      pool,
      clock,
      policies: loadPolicies(),
      audit,
      queue: NO_QUEUE,
      secret: key.secret,
    });
    await goOn({ ...desk, sources: desk }, 'ct');
    return seen(await readRequest(at, subject('ct', 'patient'), request.id)).status;
  };
  expect(await statusOn('2026-11-30')).toBe('INSTRUCTION_REQUIRED');
  expect(await statusOn('2026-12-01')).toBe('APPROVED');
});

test('AS-28 a request of somebody who has not proved who they are is received, and nothing is done for it', async () => {
  await addPerson(at.prisma, 'ct', 'applicant');
  const filed = await fileRequest(at, privacyStaff('ct'), { right: 'ACCESS', subject: 'applicant' });
  const request = seen(filed);
  expect(request).toMatchObject({ status: 'AWAITING_IDENTITY', channel: 'STAFF', decisions: [], bundle: null });
  // A month after the 22nd of November, a Sunday, is a Tuesday.
  expect(request).toMatchObject({ receivedAt: '2026-11-22T00:00:00.000Z', dueAt: '2026-12-22T00:00:00.000Z' });
  expect(await act(at, privacyStaff('ct'), 'approveRequest', request.id)).toBe('WRONG_STATE');
  await at.prisma.dataSubjectRequest.update({
    where: { tenantId_id: { tenantId: 'ct', id: request.id } },
    data: { identityEvidence: { kind: 'A passport nobody should have kept' } },
  });
  for (const scope of ['ACCESS', 'PORTABILITY'] as const) {
    const bundle = await at.export('ct', 'applicant', scope);
    expect(bundle.text).not.toContain('A passport nobody should have kept');
  }
});

test('AS-35 whether a callee is answered by the operator or its customer is for a person to decide', async () => {
  await addPerson(at.prisma, 'cn', 'caller');
  await addStranger('cn', 'callee', 'PHONE', '+3225550199');
  await at.prisma.callRecord.create({
    data: {
      ...owned('cn', 'caller', 'call-cn'),
      startedAt: WHEN,
      durationSeconds: 61,
      status: 'ANSWERED',
      callingNumber: '+3225550100',
      calledNumber: '+3225550199',
    },
  });
  const file = { key: 'nowhere', bytes: 9n, sha256: '0'.repeat(64) };
  await at.prisma.recording.create({
    data: {
      ...owned('cn', 'caller', 'rec-cn'),
      callId: 'call-cn',
      recordedAt: WHEN,
      recordedParties: 'BOTH',
      fileName: 'callee.wav',
      contentType: 'audio/wav',
      bytes: file.bytes,
      sha256: file.sha256,
      blobKey: file.key,
    },
  });
  const request = seen(await fileRequest(at, subject('cn', 'callee'), { right: 'ACCESS' }));
  expect(request).toMatchObject({ status: 'NEEDS_REVIEW', bundle: null });
  const unclear = request.decisions.filter(({ outcome }) => outcome === 'NEEDS_REVIEW');
  expect(unclear.length).toBeGreaterThan(0);
  for (const each of unclear)
    expect(each).toMatchObject({ relation: 'CALL_COUNTERPARTY', party: 'the customer', clauses: ['§1', '§6'] });
  expect(JSON.stringify(request)).not.toContain('callee.wav');

  // Nobody approves it before somebody has decided whose it is.
  const staff = privacyStaff('cn');
  expect(await act(at, staff, 'approveRequest', request.id)).toBe('WRONG_STATE');
  for (const { id } of unclear) await act(at, staff, 'reviewDecision', id, { review: 'FORWARDED' });
  expect(await act(at, staff, 'approveRequest', request.id)).toBe('WRONG_STATE');
  expect(await act(at, staff, 'forwardRequest', request.id)).toMatchObject({ status: 'FORWARDED', bundle: null });
});
