import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ACTIVE_STATUSES,
  isOpen,
  REOPENING_STEPS,
  REQUEST_RIGHTS,
  REQUEST_STATUSES,
  statusAfter,
  TRANSITIONS,
  type RequestStep,
} from '../../src/requests/states.ts';
import { advance } from '../../src/requests/write.ts';
import { addPerson } from '../graphql/people.ts';
import { file, openDesk, refusal, type TestDesk } from './open-desk.ts';

const STEPS = Object.keys(TRANSITIONS) as RequestStep[];

let at: TestDesk;

beforeAll(async () => {
  at = await openDesk();
});

afterAll(() => at[Symbol.asyncDispose]());

test('every status can be reached, and from every one that is not the end something leads on', () => {
  const reached = new Set<string>(['RECEIVED', 'AWAITING_IDENTITY']);
  for (const _round of REQUEST_STATUSES)
    for (const from of REQUEST_STATUSES)
      if (reached.has(from)) for (const step of STEPS) reached.add(statusAfter(step, from) ?? from);
  expect([...reached].toSorted()).toEqual([...REQUEST_STATUSES].toSorted());
  const ends = REQUEST_STATUSES.filter((from) => STEPS.every((step) => statusAfter(step, from) === null));
  expect(ends).toEqual(['FORWARDED', 'EXPIRED', 'REFUSED', 'CANCELLED']);
});

test('nothing that is answered is built, refused, extended or taken back', () => {
  for (const from of REQUEST_STATUSES.filter((status) => !isOpen(status)))
    for (const step of ['BUILD', 'APPROVE', 'REFUSE', 'EXTEND', 'CANCEL', 'PUBLISH', 'RETRY'] as const)
      expect(statusAfter(step, from), `${step} ${from}`).toBeNull();
});

test('what opens a request again is what happens to a bundle that it was answered with', () => {
  expect(REOPENING_STEPS).toEqual(['REBUILD', 'GIVE_UP', 'RECALL']);
});

test('one file writes the rows of requests, and one their history', async () => {
  const sources = new URL('../../src/', import.meta.url);
  const names = (await readdir(sources, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const WRITES = {
    'requests/write.ts': /(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\s+"?data_subject_request\b/,
    'requests/history.ts': /(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO)\s+"?request_step\b/,
  };
  const found: Record<string, string[]> = { 'requests/write.ts': [], 'requests/history.ts': [] };
  for (const name of names) {
    if (name.startsWith('generated')) continue;
    const text = await readFile(new URL(name, sources), 'utf8');
    for (const [place, pattern] of Object.entries(WRITES)) if (pattern.test(text)) found[place]?.push(name);
    // Nor by the client that GraphQL reads with.
    expect([name, /\.(?:dataSubjectRequest|requestStep)\.(?:create|update|upsert|delete)/.test(text)]).toEqual([
      name,
      false,
    ]);
  }
  expect(found).toEqual({ 'requests/write.ts': ['requests/write.ts'], 'requests/history.ts': ['requests/history.ts'] });
});

test('the database knows the same statuses, and the same ones as active', async () => {
  const { rows } = await at.pool.query<{ text: string }>(
    `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'data_subject_request_status_check'
     UNION ALL SELECT pg_get_indexdef('data_subject_request_one_active'::regclass)`,
  );
  const words = rows.map(({ text }) => [...text.matchAll(/'([A-Z_]+)'/g)].map(([, word]) => word));
  expect(words[0]?.toSorted()).toEqual([...REQUEST_STATUSES].toSorted());
  expect(words[1]?.toSorted()).toEqual([...ACTIVE_STATUSES, 'ACCESS', 'PORTABILITY'].toSorted());
  expect(REQUEST_RIGHTS).toHaveLength(7);
});

test('a step that does not begin here says where it begins and where the request is, and changes nothing', async () => {
  await addPerson(at.prisma, 'cp', 'still');
  const row = await file(at, 'cp', 'still');
  const before = await at.prisma.requestStep.count({ where: { requestId: row.id } });
  await expect(at.advance('cp', { requestId: row.id, step: 'PUBLISH' })).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: 'PUBLISH is for requests that are BUILDING; this one is APPROVED.',
  });
  expect(await at.prisma.requestStep.count({ where: { requestId: row.id } })).toBe(before);
  expect(await refusal(at.advance('other', { requestId: row.id, step: 'CANCEL' }))).toBe('NOT_FOUND');
});

test('U-03: of two attempts only the present one publishes, however the two meet', async () => {
  await addPerson(at.prisma, 'cp', 'fenced');
  const { id: requestId } = await file(at, 'cp', 'fenced');
  await at.advance('cp', { requestId, step: 'BUILD' });
  await at.advance('cp', { requestId, step: 'RELEASE', attempt: 1 });
  await at.advance('cp', { requestId, step: 'BUILD' });
  const publish = (attempt: number) => refusal(at.advance('cp', { requestId, step: 'PUBLISH', attempt }));
  expect(await publish(1)).toBe('WRONG_STATE');
  const outcomes = await Promise.all([publish(1), publish(2), publish(1), publish(2)]);
  expect(outcomes.toSorted()).toEqual(['DONE', 'WRONG_STATE', 'WRONG_STATE', 'WRONG_STATE']);
  expect(outcomes[0]).toBe('WRONG_STATE');
  expect(outcomes[2]).toBe('WRONG_STATE');
  const steps = await at.prisma.requestStep.findMany({ where: { requestId }, orderBy: { id: 'asc' } });
  expect(steps.map(({ step }) => step)).toEqual(['FILE', 'ROUTE_BUILD', 'BUILD', 'RELEASE', 'BUILD', 'PUBLISH']);
});

test('of many who take the same step at once one does, and each of the others is told', async () => {
  await addPerson(at.prisma, 'cp', 'raced');
  const { id: requestId } = await file(at, 'cp', 'raced', { right: 'OBJECTION' });
  const by = { kind: 'GATEWAY', tenant: 'cp' } as const;
  const take = (step: 'APPROVE' | 'CANCEL' | 'REFUSE') =>
    refusal(at.within('cp', (writer) => advance(at.desk, writer, { tenantId: 'cp', requestId, step, by })));
  const outcomes = await Promise.all([take('CANCEL'), take('REFUSE'), take('CANCEL'), take('REFUSE')]);
  expect(outcomes.filter((each) => each === 'DONE')).toHaveLength(1);
  expect(outcomes.filter((each) => each === 'WRONG_STATE')).toHaveLength(3);
});
