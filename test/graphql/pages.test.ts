import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, internalApp, owned, subject, supportAgent } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
});

afterAll(() => at[Symbol.asyncDispose]());

interface Calls {
  readonly totalCount: number;
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

interface CallPage {
  readonly data: { readonly subject: { readonly calls: Calls } };
}

describe('pages', () => {
  beforeAll(async () => {
    await addPerson(at.prisma, 'cp', 'pat');
    await addCalls(at.prisma, 'cp', 'pat', 250);
  });

  test('walk 250 calls, newest first, without gap or repeat', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 10; pages += 1) {
      const query = `query ($after: String) { subject(id: "pat") { calls(first: 100, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }`;
      const calls: Calls = ((await at.ask(subject('cp', 'pat'), query, { variables: { after } })) as CallPage).data
        .subject.calls;
      expect(calls.totalCount).toBe(250);
      seen.push(...calls.nodes.map(({ id }) => id));
      after = calls.pageInfo.endCursor;
      if (!calls.pageInfo.hasNextPage) break;
    }
    expect(seen).toHaveLength(250);
    expect(new Set(seen).size).toBe(250);
    expect(seen.slice(0, 2).toSorted()).toEqual(['call_pat_0', 'call_pat_1']);
  });

  test('have 20 rows unless asked otherwise', async () => {
    const { data } = (await at.ask(
      subject('cp', 'pat'),
      '{ subject(id: "pat") { calls { nodes { id } } } }',
    )) as CallPage;
    expect(data.subject.calls.nodes).toHaveLength(20);
  });

  test.each(['0', '-1', '101', 'null'])('of %s rows are refused', async (first) => {
    const answer = await at.ask(
      subject('cp', 'pat'),
      `{ subject(id: "pat") { calls(first: ${first}) { totalCount } } }`,
    );
    expect(answer).toMatchObject({
      data: { subject: { calls: null } },
      errors: [{ message: `A page has 1 to 100 rows, not ${first}.`, extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('do not go on from something that is no cursor', async () => {
    const answer = await at.ask(
      subject('cp', 'pat'),
      '{ subject(id: "pat") { calls(after: "bm8=") { nodes { id } } } }',
    );
    expect(answer.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });
});

describe('what is read', () => {
  test('a denied column is not in any statement', async () => {
    await addPerson(at.prisma, 'cp', 'rea');
    await addCalls(at.prisma, 'cp', 'rea', 1);
    at.statements();
    await at.ask(
      internalApp('cp'),
      '{ subject(id: "rea") { account { fullName createdAt } calls { nodes { calledNumber } } } }',
      { purpose: 'CP-P3' },
    );
    const sent = at.statements().join('\n');
    expect(sent).toContain('full_name');
    expect(sent).not.toMatch(/"account"\."created_at"|password_hash|called_number/);
  });

  test('the statements for tickets with messages do not grow with the tickets', async () => {
    await addPerson(at.prisma, 'cx', 'tia');
    const sentAt = new Date('2026-11-01T00:00:00Z');
    for (let index = 0; index < 20; index += 1) {
      const id = `t${index}`;
      await at.prisma.supportTicket.create({
        data: { ...owned('cx', 'tia', id), subject: id, status: 'OPEN', createdAt: sentAt, lastInteractionAt: sentAt },
      });
      await at.prisma.message.create({
        data: {
          ...owned('cx', 'tia', `${id}m`),
          ticketId: id,
          channel: 'EMAIL',
          authorKind: 'SUBJECT',
          body: `hello ${id}`,
          sentAt,
        },
      });
    }
    const count = async (first: number) => {
      at.statements();
      const answer = await at.ask(
        subject('cx', 'tia'),
        `{ subject(id: "tia") { tickets(first: ${first}) { nodes { subject messages { body ticket { subject } } } } } }`,
      );
      expect(answer.errors).toBeUndefined();
      expect(JSON.stringify(answer.data).match(/hello/g)).toHaveLength(first);
      return at.statements().filter((text) => text.startsWith('SELECT')).length;
    };
    expect(await count(20)).toBe(await count(1));
  });
});

describe('retention', () => {
  beforeAll(async () => {
    await addPerson(at.prisma, 'cp', 'ria');
    await at.prisma.callRecord.create({
      data: { ...owned('cp', 'ria', 'A'), startedAt: new Date('2024-11-21T10:00:00Z') },
    });
    await at.prisma.callRecord.create({
      data: { ...owned('cp', 'ria', 'B'), startedAt: new Date('2024-11-23T10:00:00Z') },
    });
  });

  const query =
    '{ subject(id: "ria") { calls { totalCount nodes { id retention { ruleId expiresAt max status } } } } }';

  test('an expired row is told to the subject as overdue', async () => {
    expect((await at.ask(subject('cp', 'ria'), query)).data).toEqual({
      subject: {
        calls: {
          totalCount: 2,
          nodes: [
            {
              id: 'B',
              retention: { ruleId: 'CP-T2', expiresAt: '2026-11-23T10:00:00.000Z', max: true, status: 'LIVE' },
            },
            {
              id: 'A',
              retention: { ruleId: 'CP-T2', expiresAt: '2026-11-21T10:00:00.000Z', max: true, status: 'OVERDUE' },
            },
          ],
        },
      },
    });
  });

  test('an expired row is gone for staff', async () => {
    const { data } = await at.ask(supportAgent('cp'), query, { purpose: 'CP-P9' });
    expect(data).toMatchObject({ subject: { calls: { totalCount: 1, nodes: [{ id: 'B' }] } } });
  });
});
