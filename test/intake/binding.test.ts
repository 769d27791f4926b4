import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANN, openIntake, type TestIntake } from './open-intake.ts';

let at: TestIntake;

beforeAll(async () => {
  at = await openIntake();
});

beforeEach(async () => {
  await at.pool.query('DELETE FROM notice; DELETE FROM data_subject_request');
  at.queued.length = 0;
});

afterAll(() => at[Symbol.asyncDispose]());

describe('X-04: a code is good for one request, once, for a quarter of an hour, at one operator', () => {
  test('the code of one request is no code of another', async () => {
    const [one, two] = [await at.ask(ANN), await at.ask(ANN)];
    expect((await at.enter(two, (await at.codeOf(one)) ?? '')).status).toBe(400);
    expect((await at.request(two)).status).toBe('AWAITING_IDENTITY');
  });

  test('a code is used once', async () => {
    const path = await at.ask(ANN);
    const code = (await at.codeOf(path)) ?? '';
    const answers = await Promise.all([at.enter(path, code), at.enter(path, code), at.enter(path, code)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400, 400]);
  });

  test('a code is over after fifteen minutes', async () => {
    const [early, late] = [await at.ask(ANN), await at.ask(ANN)];
    const codes = [await at.codeOf(early), await at.codeOf(late)];
    at.clock.pass(15 * 60_000 - 1);
    expect((await at.enter(early, codes[0] ?? '')).status).toBe(303);
    at.clock.pass(1);
    const answer = await at.enter(late, codes[1] ?? '');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('no longer good');
  });

  test('at another operator there is no such request', async () => {
    const path = await at.ask(ANN);
    const code = (await at.codeOf(path)) ?? '';
    expect((await at.enter(path.replace('/cp/', '/other/'), code)).status).toBe(404);
    expect((await at.enter(path, code)).status).toBe(303);
  });
});

describe('X-05: what somebody has proven proves nothing for another request', () => {
  test('a second request wants its own proof, whether the first is proven or not', async () => {
    const first = await at.ask(ANN);
    const second = await at.ask(ANN, { right: 'PORTABILITY' });
    await at.enter(first, (await at.codeOf(first)) ?? '');
    const third = await at.ask(ANN, { right: 'RECTIFICATION' });
    for (const path of [second, third])
      expect(await at.request(path)).toMatchObject({ status: 'AWAITING_IDENTITY', subjectId: null });
  });

  test('a copy that is under way is shown to whoever proves that it is theirs, and the second one is not made', async () => {
    const first = await at.ask(ANN);
    await at.enter(first, (await at.codeOf(first)) ?? '');
    const second = await at.ask(ANN);
    const answer = await at.enter(second, (await at.codeOf(second)) ?? '');
    expect(answer.headers.get('location')).toBe(`/portal/requests/${(await at.request(first)).id}`);
    expect((await at.request(second)).status).toBe('CANCELLED');
    expect(at.queued).toHaveLength(1);
  });

  test('of two requests that are proven at once one goes on', async () => {
    const paths = [await at.ask(ANN), await at.ask(ANN)];
    const codes = await Promise.all(paths.map((path) => at.codeOf(path)));
    const answers = await Promise.all(paths.map((path, index) => at.enter(path, codes[index] ?? '')));
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const statuses = await Promise.all(paths.map(async (path) => (await at.request(path)).status));
    expect(statuses.toSorted((a, b) => a.localeCompare(b))).toEqual(['APPROVED', 'CANCELLED']);
  });
});
