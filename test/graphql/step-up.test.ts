import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { CSRF_HEADER } from '../../src/http/request-rules.ts';
import { signToken } from '../../src/http/token.ts';
import { NOW, openGateway, type TestGateway } from './open-gateway.ts';
import { addPerson, privacyStaff, subject } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  await addPerson(at.prisma, 'cp', 'ann');
});

afterAll(() => at[Symbol.asyncDispose]());

let keys = 0;

/** Files with a token of somebody who signed in so many minutes ago. */
async function file(minutes: number, actor: Actor = subject('cp', 'ann'), args = ''): Promise<unknown> {
  const signedIn = new Date(NOW.getTime() - minutes * 60_000);
  const headers = {
    'content-type': 'application/json',
    [CSRF_HEADER]: '1',
    authorization: `Bearer ${await signToken(at.key, actor, 8 * 3600, signedIn)}`,
    'x-carryall-purpose': 'DATA_SUBJECT_REQUEST',
    'x-carryall-reason': 'They wrote a letter to us',
  };
  const query = `mutation { fileRequest(right: "ERASURE", idempotencyKey: "k${keys++}"${args}) { status } }`;
  const init = { method: 'POST', headers, body: JSON.stringify({ query }) };
  const response = await at.gateway.fetch(new Request('http://localhost/graphql', init));
  const { data, errors } = (await response.json()) as {
    data: { fileRequest: { status: string } | null };
    errors?: readonly { extensions: { code: string } }[];
  };
  return data.fileRequest?.status ?? errors?.[0]?.extensions.code;
}

test('X-09: whoever signed in more than an hour ago signs in again before they ask for anything', async () => {
  expect(await file(61)).toBe('STEP_UP_REQUIRED');
  expect(await at.prisma.dataSubjectRequest.count()).toBe(0);
  expect(await file(60)).toBe('NEEDS_REVIEW');
});

test('X-09: staff who write down what somebody asked are at work, and are not asked again', async () => {
  expect(await file(300, privacyStaff('cp'), ', subject: "ann"')).toBe('AWAITING_IDENTITY');
});
