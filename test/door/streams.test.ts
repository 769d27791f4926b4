import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { authenticator, type Caller } from '../../src/http/authenticate.ts';
import { openIdentity, type Identity } from '../../src/http/identity/identity.ts';
import { endPrincipal } from '../../src/http/identity/principals.ts';
import type { Listening } from '../../src/http/listen.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { auditing } from '../graphql/audit-log.ts';
import { localIdentity, NOW, openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, internalApp, privacyStaff, subject, supportAgent } from '../graphql/people.ts';
import { headersOf, send } from './send.ts';

let at: TestGateway;
let identity: Identity;
let listening: Listening;
let asked = 0;
let aheadMs = 0;
/** What identity says of everybody, where a test wants that. */
let answer: ((caller: Caller) => Caller) | null = null;
const ann = subject('cp', 'ann');

beforeAll(async () => {
  const policies = loadPolicies();
  at = await openGateway({
    limits: { stillKnownMs: 20 },
    authenticate: async (headers) => {
      asked += 1;
      const caller = await authenticator({ identity, pool: at.pool, book: policies })(headers);
      return answer?.(caller) ?? caller;
    },
  });
  const clock = { now: () => new Date(NOW.getTime() + aheadMs) };
  identity = openIdentity({ ...localIdentity(at.key), clock, pool: at.pool, audit: at.audit });
  listening = await at.gateway.listen({ port: 0 });
  for (const id of ['ann', 'ben']) await addPerson(at.prisma, 'cp', id);
});

afterEach(() => {
  aheadMs = 0;
  answer = null;
});

afterAll(async () => {
  await listening[Symbol.asyncDispose]();
  await identity[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

/** A request that stands still, so that its stream ends by itself only after minutes. */
async function openRequest(person: string): Promise<string> {
  const query = `mutation { fileRequest(right: "ERASURE", idempotencyKey: "key-of-${person}") { id } }`;
  const { data } = await send(at, subject('cp', person), { query });
  return (data as { fileRequest: { id: string } }).fileRequest.id;
}

const SUBSCRIPTION = 'subscription ($id: ID!) { requestProgress(id: $id) { status } }';

async function listen(actor: Actor, id: string, extra: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${listening.url}/graphql`, {
    method: 'POST',
    headers: { ...(await headersOf(at, actor)), accept: 'text/event-stream', ...extra },
    body: JSON.stringify({ query: SUBSCRIPTION, variables: { id } }),
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^text\/event-stream/),
  ]);
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    /** Reads on until something was told. */
    until: async (told: RegExp): Promise<void> => {
      while (!told.test(text)) text += (await reader.read()).value ?? '';
    },
    /** Reads to the end. */
    rest: async (): Promise<string> => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return text;
        text += value;
      }
    },
  };
}

/** Waits until identity was asked some more times. */
async function askedAgain(times: number): Promise<void> {
  const before = asked;
  while (asked < before + times) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('G-57: a stream goes on while its caller is known, and is closed when the token has expired', async () => {
  const stream = await listen(ann, await openRequest('ann'));
  await stream.until(/NEEDS_REVIEW/);
  await askedAgain(3);
  // A minute for the token, and one for clocks that differ.
  aheadMs = 119_000;
  await askedAgain(3);
  const rest = stream.rest();
  aheadMs = 121_000;
  const text = await rest;
  expect(text).not.toMatch(/event: complete|error/i);
  const left = asked;
  await send(at, ann, { query: '{ __typename }' });
  expect(asked - left).toBe(1);
});

test('G-57: it is closed when everything of its caller was ended', async () => {
  const stream = await listen(subject('cp', 'ben'), await openRequest('ben'));
  await stream.until(/NEEDS_REVIEW/);
  const by = { kind: 'OPERATOR', tenant: 'cp', operatorId: 'test' } as const;
  await endPrincipal(at, { tenant: 'cp', kind: 'SUBJECT', actorId: 'ben' }, by, NOW);
  expect(await stream.rest()).not.toContain('event: complete');
});

test('G-57: it is closed when its caller has become somebody else, and when nobody can tell who they are', async () => {
  const id = await openRequest('ann');
  for (const become of [
    (caller: Caller): Caller => ({ ...caller, actor: { kind: 'AUDITOR', tenant: 'cp', staffId: 'ann' } }),
    (): Caller => {
      throw new Error('The database is away.');
    },
  ]) {
    const stream = await listen(ann, id);
    await stream.until(/NEEDS_REVIEW/);
    answer = become;
    expect(await stream.rest()).not.toContain('event: complete');
    answer = null;
  }
});

test('G-57: whose request it is not is refused before anything is told', async () => {
  const id = await openRequest('ann');
  for (const [actor, code] of [
    [subject('cp', 'zoe'), 'NOT_FOUND'],
    [subject('other', 'ann'), 'NOT_FOUND'],
    [internalApp('cp'), 'FORBIDDEN'],
    [supportAgent('cp'), 'FORBIDDEN'],
  ] as const) {
    const { result: told, entries } = await auditing(at, actor.tenant, async () =>
      (await listen(actor, id, { 'x-carryall-purpose': 'CP-P1' })).rest(),
    );
    expect(told, actor.kind).toContain(`"code":"${code}"`);
    expect(told, actor.kind).not.toContain('NEEDS_REVIEW');
    expect(entries, actor.kind).toMatchObject([{ outcome: 'DENIED', detail: { denial: code } }]);
  }
});

test('what staff are told as it happens is a look, on record before anything is told; one’s own is none', async () => {
  const id = await openRequest('ann');
  const declared = { 'x-carryall-purpose': 'DATA_SUBJECT_REQUEST', 'x-carryall-ticket': 'ABC-1' };
  for (const [actor, extra, entries] of [
    [
      privacyStaff('cp'),
      declared,
      [{ actorKind: 'CONTROLLER_STAFF', action: 'LOOK', outcome: 'ALLOWED', subjectId: 'ann' }],
    ],
    [ann, {}, []],
  ] as const) {
    const seen = await auditing(at, 'cp', async () => {
      const stream = await listen(actor, id, extra);
      await stream.until(/NEEDS_REVIEW/);
      aheadMs = 200_000;
      await stream.rest();
      aheadMs = 0;
    });
    expect(seen.entries).toMatchObject(entries);
    expect(seen.entries).toHaveLength(entries.length);
  }
  await at.pool.query('ALTER TABLE audit_event ADD CONSTRAINT broken CHECK (false) NOT VALID');
  try {
    const told = await (await listen(privacyStaff('cp'), id, declared)).rest();
    expect(told).toContain('"code":"INTERNAL"');
    expect(told).not.toContain('NEEDS_REVIEW');
  } finally {
    await at.pool.query('ALTER TABLE audit_event DROP CONSTRAINT broken');
  }
});
