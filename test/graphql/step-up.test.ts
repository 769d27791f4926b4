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

interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/** Asks with a token of somebody who signed in so many minutes ago. */
async function ask(minutes: number, actor: Actor, query: string, purpose = 'DATA_SUBJECT_REQUEST'): Promise<Answer> {
  const signedIn = new Date(NOW.getTime() - minutes * 60_000);
  const headers = {
    'content-type': 'application/json',
    [CSRF_HEADER]: '1',
    authorization: `Bearer ${await signToken(at.key, actor, 8 * 3600, signedIn)}`,
    'x-carryall-purpose': purpose,
    'x-carryall-reason': 'They wrote a letter to us',
  };
  const init = { method: 'POST', headers, body: JSON.stringify({ query }) };
  const response = await at.gateway.fetch(new Request('http://localhost/graphql', init));
  return (await response.json()) as Answer;
}

async function file(minutes: number, actor: Actor = subject('cp', 'ann'), args = ''): Promise<unknown> {
  const query = `mutation { fileRequest(right: "ERASURE", idempotencyKey: "k${keys++}"${args}) { status } }`;
  const { data, errors } = await ask(minutes, actor, query);
  return (data['fileRequest'] as { status: string } | null)?.status ?? errors?.[0]?.extensions.code;
}

test('X-09: whoever signed in more than an hour ago signs in again before they ask for anything', async () => {
  expect(await file(61)).toBe('STEP_UP_REQUIRED');
  expect(await at.prisma.dataSubjectRequest.count()).toBe(0);
  expect(await file(60)).toBe('NEEDS_REVIEW');
});

test('X-09: staff who write down what somebody asked are at work, and are not asked again', async () => {
  expect(await file(300, privacyStaff('cp'), ', subject: "ann"')).toBe('AWAITING_IDENTITY');
});

const BUNDLE = '{ subject(id: "ann") { bundle(scope: ACCESS) } }';

test('X-09: nor do they carry away a bundle within an answer', async () => {
  const stale = await ask(61, subject('cp', 'ann'), BUNDLE);
  expect([stale.data, stale.errors?.[0]?.extensions.code]).toEqual([{ subject: { bundle: null } }, 'STEP_UP_REQUIRED']);
  expect((await ask(60, subject('cp', 'ann'), BUNDLE)).data).toMatchObject({ subject: { bundle: { manifest: {} } } });
});

test('a bundle is for privacy staff who answer a request, and for no other purpose of theirs', async () => {
  expect((await ask(0, privacyStaff('cp'), BUNDLE)).data).toMatchObject({ subject: { bundle: { manifest: {} } } });
  for (const purpose of ['CP-P1', 'CP-P9'])
    expect(await ask(0, privacyStaff('cp'), BUNDLE, purpose)).toMatchObject({
      data: { subject: { bundle: null } },
      extensions: { privacy: { nulls: [{ path: ['subject', 'bundle'], reason: 'PURPOSE_REQUIRED' }] } },
    });
});
