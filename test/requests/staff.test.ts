import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import { auditing } from '../graphql/audit-log.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import {
  addPerson,
  administrator,
  auditor,
  customerStaff,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from '../graphql/people.ts';
import { act, fileRequest, readRequest, seen, type Seen } from './asking.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
});

afterAll(() => at[Symbol.asyncDispose]());

const staff = privacyStaff('cp');

async function filed(person: string, wish: Parameters<typeof fileRequest>[2] = { right: 'ERASURE' }): Promise<Seen> {
  await addPerson(at.prisma, 'cp', person);
  return seen(await fileRequest(at, subject('cp', person), wish));
}

const OTHERS: readonly Actor[] = [
  customerStaff('cp', 'org'),
  processorStaff('cp'),
  supportAgent('cp'),
  internalApp('cp'),
  auditor('cp'),
  administrator('cp'),
];

describe('who works requests', () => {
  test('the privacy staff of the operator does, and nobody else', async () => {
    const { id } = await filed('worked');
    const steps = [
      ['approveRequest', {}],
      ['forwardRequest', {}],
      ['refuseRequest', { ground: 'EXCESSIVE', answer: 'It is asked too often' }],
      ['extendRequest', { reason: 'There is very much of it' }],
      ['answerRequest', { answer: 'It was done as you asked' }],
    ] as const;
    for (const actor of [...OTHERS, subject('cp', 'worked')])
      for (const [step, variables] of steps)
        expect(await act(at, actor, step, id, variables), `${actor.kind} ${step}`).toBe('FORBIDDEN');
    for (const actor of OTHERS) {
      expect(await readRequest(at, actor, id), actor.kind).toBe('FORBIDDEN');
      expect(await fileRequest(at, actor, { right: 'ACCESS', subject: 'worked' }), actor.kind).toBe('FORBIDDEN');
      expect(await act(at, actor, 'cancelRequest', id), actor.kind).toBe('NOT_FOUND');
      const queue = await at.ask(actor, '{ requestQueue { nodes { id } } requestCounts { open } }', {
        purpose: REQUEST_PURPOSE,
      });
      expect(queue.errors?.[0]?.extensions?.code, actor.kind).toBe('FORBIDDEN');
    }
    expect(await readRequest(at, staff, id)).toMatchObject({ status: 'NEEDS_REVIEW' });
  });

  test('it says that it answers requests, and why', async () => {
    const ask = (options: object) => at.ask(staff, '{ requestCounts { open } }', options);
    for (const options of [{}, { purpose: 'CP-P1' }, { purpose: REQUEST_PURPOSE, reason: null }])
      expect((await ask(options)).errors?.[0]?.extensions?.code).toBe('PURPOSE_REQUIRED');
    expect((await ask({ purpose: REQUEST_PURPOSE })).errors).toBeUndefined();
  });

  test('whoever is refused is in the audit log for it, once', async () => {
    const { id } = await filed('guarded');
    const answer = 'It was done as you asked';
    // Each is somebody of their own: of the same somebody's later denials there is only a number.
    const agent = (staffId: string): Actor => ({ kind: 'SUPPORT_AGENT', tenant: 'cp', staffId });
    for (const step of [
      () => act(at, agent('agent-2'), 'answerRequest', id, { answer }),
      () => readRequest(at, agent('agent-3'), id),
      () => fileRequest(at, agent('agent-4'), { right: 'ACCESS', subject: 'guarded' }),
      () => act(at, subject('cp', 'somebody-else'), 'cancelRequest', id),
    ]) {
      const { entries } = await auditing(at, 'cp', step);
      expect(entries).toMatchObject([
        { outcome: 'DENIED', detail: { denial: expect.stringMatching(/FORBIDDEN|NOT_FOUND/) } },
      ]);
    }
  });

  test('to other people and at other operators there is no such request', async () => {
    const { id } = await filed('private');
    await addPerson(at.prisma, 'cp', 'curious');
    for (const actor of [subject('cp', 'curious'), subject('other', 'private')]) {
      expect(await readRequest(at, actor, id)).toBe('NOT_FOUND');
      expect(await act(at, actor, 'cancelRequest', id)).toBe('NOT_FOUND');
    }
    expect(await readRequest(at, privacyStaff('other'), id)).toBe('NOT_FOUND');
    expect(await act(at, privacyStaff('other'), 'approveRequest', id)).toBe('NOT_FOUND');
    expect(await readRequest(at, subject('cp', 'private'), 'req_none')).toBe('NOT_FOUND');
    expect(await fileRequest(at, subject('cp', 'curious'), { right: 'ACCESS', subject: 'private' })).toBe('NOT_FOUND');
  });
});

test('every step is in the audit log once, with who took it, why and under which policy', async () => {
  await addPerson(at.prisma, 'cp', 'logged');
  const own = await auditing(at, 'cp', () =>
    fileRequest(at, subject('cp', 'logged'), { right: 'OBJECTION', details: 'Secret plans' }),
  );
  const { id } = seen(own.result);
  expect(own.entries).toMatchObject([
    {
      actorKind: 'SUBJECT',
      action: 'REQUEST',
      subjectId: 'logged',
      detail: { step: 'FILE', request: id, right: 'OBJECTION' },
    },
    { actorKind: 'SUBJECT', action: 'REQUEST', detail: { step: 'ROUTE_REVIEW', from: 'RECEIVED', to: 'NEEDS_REVIEW' } },
  ]);
  const answer = 'Your plans are safe with us';
  const answered = await auditing(at, 'cp', () => act(at, staff, 'answerRequest', id, { answer }));
  expect(answered.entries).toMatchObject([
    {
      actorKind: 'CONTROLLER_STAFF',
      action: 'REQUEST',
      subjectId: 'logged',
      purpose: REQUEST_PURPOSE,
      reason: 'A test of what is shown',
      policy: expect.stringMatching(/^CP /),
      detail: { step: 'ANSWER', request: id },
    },
    { action: 'LOOK', subjectId: 'logged' },
  ]);
  expect(JSON.stringify([own.entries, answered.entries])).not.toMatch(/Secret plans|are safe with us/);
  expect(seen(answered.result)).toMatchObject({ status: 'DELIVERED', answer });
});

test('who is refused is told the ground, the reasons, the authority that the policy names, and the court', async () => {
  await addPerson(at.prisma, 'cn', 'refused');
  const { id } = seen(await fileRequest(at, subject('cn', 'refused'), { right: 'ERASURE', language: 'nl' }));
  const refusal = { ground: 'LEGAL_OBLIGATION', answer: 'De wet laat ons uw facturen bewaren' };
  expect(await act(at, privacyStaff('cn'), 'refuseRequest', id, { ...refusal, answer: 'Nee' })).toBe('BAD_USER_INPUT');
  await act(at, privacyStaff('cn'), 'refuseRequest', id, refusal);
  const told = seen(await readRequest(at, subject('cn', 'refused'), id));
  expect(told).toMatchObject({ status: 'REFUSED', refusalGround: 'LEGAL_OBLIGATION', answer: refusal.answer });
  expect(told.remedies.authority).toContain('Gegevensbeschermingsautoriteit');
  expect(told.remedies.complaint).toContain(told.remedies.authority);
  expect(told.remedies.complaint).toMatch(/^U kunt een klacht indienen/);
  expect(told.remedies.court).toContain('rechter');
  const notices = await at.prisma.notice.findMany({ where: { requestId: id, kind: 'REQUEST_REFUSED' } });
  expect(notices).toMatchObject([{ role: 'PERSON', language: 'nl' }]);
  // A policy that names no authority gets none made up.
  await addPerson(at.prisma, 'cr', 'unnamed');
  const other = seen(await fileRequest(at, subject('cr', 'unnamed'), { right: 'ERASURE' }));
  expect(other.remedies).toMatchObject({
    authority: null,
    complaint: expect.stringContaining('where you live or work'),
  });
});

test('a person takes back what is under way, and not what is over', async () => {
  const request = await filed('changed-mind', { right: 'ACCESS' });
  const person = subject('cp', 'changed-mind');
  expect(request).toMatchObject({ status: 'APPROVED', canCancel: true, canRetry: false });
  expect(request.steps.map(({ step }) => step)).toEqual(['FILE', 'ROUTE_BUILD']);
  expect(await act(at, staff, 'cancelRequest', request.id)).toBe('NOT_FOUND');
  expect(await act(at, person, 'cancelRequest', request.id)).toMatchObject({ status: 'CANCELLED', canCancel: false });
  expect(await act(at, person, 'cancelRequest', request.id)).toBe('WRONG_STATE');
  expect(await act(at, person, 'retryRequest', request.id)).toBe('WRONG_STATE');
});

test('the queue goes by due date, in pages, and shows apart what is late', async () => {
  await at.prisma.dataSubjectRequest.deleteMany({ where: { tenantId: 'ct' } });
  const ids: string[] = [];
  for (const [index, due] of ['2026-12-01', '2026-10-01', '2026-11-01'].entries()) {
    await addPerson(at.prisma, 'ct', `queued-${index}`);
    const { id } = seen(await fileRequest(at, subject('ct', `queued-${index}`), { right: 'ERASURE' }));
    await at.prisma.dataSubjectRequest.update({
      where: { tenantId_id: { tenantId: 'ct', id } },
      data: { dueAt: new Date(due) },
    });
    ids.push(id);
  }
  const [december, october, november] = ids;
  const queue = async (args: string) => {
    const query = `{ requestQueue(${args}) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const answer = await at.ask(privacyStaff('ct'), query, { purpose: REQUEST_PURPOSE });
    return (
      answer.data as {
        requestQueue: {
          totalCount: number;
          nodes: { id: string }[];
          pageInfo: { hasNextPage: boolean; endCursor: string };
        };
      }
    ).requestQueue;
  };
  const first = await queue('first: 2');
  expect(first.nodes).toEqual([{ id: october }, { id: november }]);
  expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
  expect((await queue(`first: 2, after: "${first.pageInfo.endCursor}"`)).nodes).toEqual([{ id: december }]);
  expect((await queue('first: 9, overdue: true')).nodes).toEqual([{ id: october }, { id: november }]);
  expect((await queue('first: 9, overdue: true')).totalCount).toBe(2);
  await act(at, privacyStaff('ct'), 'answerRequest', october ?? '', { answer: 'It was done as you asked' });
  expect((await queue('first: 9, overdue: true')).nodes).toEqual([{ id: november }]);
  expect((await queue('first: 9, status: ["DELIVERED"]')).nodes).toEqual([{ id: october }]);
  const wrong = await at.ask(privacyStaff('ct'), '{ requestQueue(status: ["LOST"]) { nodes { id } } }', {
    purpose: REQUEST_PURPOSE,
  });
  expect(wrong.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  // Who works the queue has looked at people, and each of them can see that.
  const { entries } = await auditing(at, 'ct', () => queue('first: 9'));
  expect(entries.map(({ action, subjectId }) => [action, subjectId])).toEqual(
    expect.arrayContaining(['queued-0', 'queued-1', 'queued-2'].map((id) => ['LOOK', id])),
  );
});
