import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openCodes } from '../../src/requests/identity/codes.ts';
import { expireUnproven } from '../../src/requests/identity/expire-unproven.ts';
import { ANN, ORIGIN, openIntake, sessionOf, type TestIntake } from './open-intake.ts';

let at: TestIntake;

beforeAll(async () => {
  at = await openIntake();
});

beforeEach(async () => {
  await at.pool.query('DELETE FROM notice; DELETE FROM data_subject_request');
  at.queued.length = 0;
});

afterAll(() => at[Symbol.asyncDispose]());

/** A code that is not this one. */
const other = (code: string | null): string => (code === '00000000' ? '00000001' : '00000000');

test('a person asks, shows by a code that the address is theirs, and watches their request', async () => {
  const path = await at.ask(' Ann@Example.org ');
  expect(await at.request(path)).toMatchObject({ status: 'AWAITING_IDENTITY', subjectId: null, channel: 'INTAKE' });
  expect(at.queued).toEqual([]);
  const code = (await at.codeOf(path)) ?? '';
  const answer = await at.enter(path, `${code.slice(0, 4)} ${code.slice(4)}`);
  expect(answer.status).toBe(303);
  const row = await at.request(path);
  expect(answer.headers.get('location')).toBe(`/portal/requests/${row.id}`);
  expect(row).toMatchObject({ status: 'APPROVED', subjectId: 'ann', heldUntil: null });
  expect(at.queued).toEqual([row.id]);
  const me = await at.get('/auth/me', sessionOf(answer));
  expect(await me.json()).toMatchObject({ via: 'SESSION', kind: 'SUBJECT', id: 'ann', tenant: 'cp' });
  const minutes =
    (Date.parse(((await (await at.get('/auth/me', sessionOf(answer))).json()) as { expiresAt: string }).expiresAt) -
      at.clock.now().getTime()) /
    60_000;
  expect(minutes).toBe(60);
});

test('X-13: of the proof only that and how it was given is kept, never the code', async () => {
  const path = await at.ask(ANN);
  const code = (await at.codeOf(path)) ?? '';
  await at.enter(path, code);
  const row = await at.request(path);
  expect(row.identityEvidence).toEqual({ method: 'CODE', to: 'EMAIL', at: at.clock.now().toISOString() });
  const kept: string[] = [];
  for (const table of [
    'data_subject_request',
    'request_step',
    'identity_challenge',
    'notice',
    'audit_event',
    'idempotent_answer',
  ]) {
    const { rows } = await at.pool.query<{ text: string }>(`SELECT t::text AS text FROM ${table} t`);
    kept.push(...rows.map(({ text }) => text));
  }
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.filter((text) => text.includes(code))).toEqual([]);
});

test('X-02: codes are eight figures, come from all over the range, and repeat no oftener than chance', () => {
  const codes = openCodes(Buffer.alloc(32));
  const made = Array.from({ length: 100_000 }, () => codes.make());
  expect(made.every((code) => /^\d{8}$/.test(code))).toBe(true);
  // Of 10^5 out of 10^8 about 50 come twice; 120 would come once in 10^15 runs.
  expect(made.length - new Set(made).size).toBeLessThan(120);
  for (let place = 0; place < 8; place += 1) {
    const counts = new Map<string, number>();
    for (const code of made) counts.set(code.charAt(place), (counts.get(code.charAt(place)) ?? 0) + 1);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(800);
    expect(counts.size).toBe(10);
  }
});

describe('X-03: a code cannot be guessed by trying', () => {
  test('after five wrong tries the right code is refused as well, and so is a fresh one', async () => {
    const path = await at.ask(ANN);
    const code = await at.codeOf(path);
    for (let left = 4; left > 0; left -= 1) {
      const answer = await at.enter(path, other(code));
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(`Tries left: ${left}.`);
    }
    expect((await at.enter(path, other(code))).status).toBe(403);
    expect((await at.enter(path, code ?? '')).status).toBe(403);
    expect((await at.post(`${path}/again`, {})).status).toBe(403);
    expect(await at.codeOf(path)).toBe(code);
    expect((await at.request(path)).status).toBe('AWAITING_IDENTITY');
  });

  test('thirty tries at once are five', async () => {
    const path = await at.ask(ANN);
    const code = await at.codeOf(path);
    const answers = await Promise.all(Array.from({ length: 30 }, () => at.enter(path, other(code))));
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(26);
    const { _sum } = await at.prisma.identityChallenge.aggregate({
      _sum: { tries: true },
      where: { requestId: path.split('/')[3] ?? '' },
    });
    expect(_sum.tries).toBe(5);
  });

  test('another code brings no other tries, and ends the one before', async () => {
    const path = await at.ask(ANN);
    const first = (await at.codeOf(path)) ?? '';
    for (let tries = 0; tries < 3; tries += 1) await at.enter(path, other(first));
    at.clock.pass(1000);
    expect((await at.post(`${path}/again`, {})).status).toBe(200);
    const second = (await at.codeOf(path)) ?? '';
    expect(second).not.toBe(first);
    expect(await (await at.enter(path, first)).text()).toContain('Tries left: 1.');
    expect((await at.enter(path, second)).status).toBe(303);
  });

  test('there are three codes for a request and no more', async () => {
    const path = await at.ask(ANN);
    const statuses: number[] = [];
    for (let number = 0; number < 4; number += 1) statuses.push((await at.post(`${path}/again`, {})).status);
    expect(statuses).toEqual([200, 200, 403, 403]);
  });
});

test('X-12: what was refused or taken back is not proven after all', async () => {
  for (const status of ['REFUSED', 'CANCELLED', 'EXPIRED']) {
    const path = await at.ask(ANN);
    const code = (await at.codeOf(path)) ?? '';
    await at.pool.query('UPDATE data_subject_request SET status = $1 WHERE id = $2', [status, path.split('/')[3]]);
    expect((await at.enter(path, code)).status).toBe(404);
    expect((await at.post(`${path}/again`, {})).status).toBe(404);
    expect((await at.get(path)).status).toBe(404);
    expect(await at.request(path)).toMatchObject({ status, subjectId: null });
  }
});

test('whoever comes back to a request of theirs proves again who they are, and gets in', async () => {
  const path = await at.ask(ANN);
  await at.enter(path, (await at.codeOf(path)) ?? '');
  at.clock.pass(2 * 3_600_000);
  expect((await at.post(`${path}/again`, {})).status).toBe(200);
  const answer = await at.enter(path, (await at.codeOf(path)) ?? '');
  expect(answer.status).toBe(303);
  expect((await at.get('/auth/me', sessionOf(answer))).status).toBe(200);
  expect(at.queued).toHaveLength(1);
});

test('an address that has become somebody else’s opens nothing that its person before had asked for', async () => {
  const held = { tenantId: 'cp', subjectId: 'ann', sourceSystem: 'test' };
  await at.prisma.subjectIdentifier.create({
    data: { ...held, id: 'given', kind: 'EMAIL', value: 'given@example.org' },
  });
  const path = await at.ask('given@example.org');
  await at.enter(path, (await at.codeOf(path)) ?? '');
  await at.prisma.subject.create({ data: { tenantId: 'cp', id: 'ben' } });
  await at.pool.query(`UPDATE subject_identifier SET subject_id = 'ben' WHERE id = 'given'`);
  at.clock.pass(3_600_000);
  await at.post(`${path}/again`, {});
  const answer = await at.enter(path, (await at.codeOf(path)) ?? '');
  expect([answer.status, answer.headers.getSetCookie()]).toEqual([400, []]);
});

test('a page of another site cannot send the form', async () => {
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site', origin: ORIGIN }, {}]) {
    const answer = await at.post('/intake/cp', { address: ANN, right: 'ACCESS' }, headers);
    expect(answer.status).toBe(403);
  }
  expect(await at.prisma.dataSubjectRequest.count()).toBe(0);
  const path = await at.ask(ANN);
  expect(
    (await at.post(path, { code: (await at.codeOf(path)) ?? '' }, { 'sec-fetch-site': 'cross-site' })).status,
  ).toBe(403);
});

test('an address that is erased between the code and its entry lets nobody in', async () => {
  const held = { tenantId: 'cp', subjectId: 'ann', sourceSystem: 'test' };
  await at.prisma.subjectIdentifier.create({ data: { ...held, id: 'soon', kind: 'EMAIL', value: 'soon@example.org' } });
  const path = await at.ask('soon@example.org');
  await at.prisma.subjectIdentifier.deleteMany({ where: { id: 'soon' } });
  expect((await at.enter(path, (await at.codeOf(path)) ?? '')).status).toBe(400);
  expect(await at.request(path)).toMatchObject({ status: 'AWAITING_IDENTITY', subjectId: null });
});

test('what nobody has proven within a day ends, and what was proven stays', async () => {
  const [one, two] = [await at.ask(ANN), await at.ask(ANN)];
  await at.enter(one, (await at.codeOf(one)) ?? '');
  expect(await expireUnproven(at.desk, 'cp')).toBe(0);
  at.clock.pass(24 * 3_600_000 + 1000);
  expect(await expireUnproven(at.desk, 'cp')).toBe(1);
  expect((await at.request(one)).status).toBe('APPROVED');
  expect((await at.request(two)).status).toBe('EXPIRED');
  at.clock.pass(24 * 3_600_000);
  await expireUnproven(at.desk, 'cp');
  const left = await at.prisma.identityChallenge.findMany({ select: { requestId: true } });
  expect(left).toEqual([{ requestId: (await at.request(one)).id }]);
});
