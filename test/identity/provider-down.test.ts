import type { RequestListener } from 'node:http';
import { generateKeyPair } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Identity } from '../../src/http/identity/identity.ts';
import { openIssuer, type TestIssuer } from './issuer.ts';
import { openTestIdentity, outcome, REFUSED, type TestIdentity } from './open-identity.ts';

let at: TestIdentity;
let issuer: TestIssuer;
let identity: Identity;
beforeAll(async () => {
  at = await openTestIdentity();
});
afterAll(() => at[Symbol.asyncDispose]());
beforeEach(async () => {
  // The clocks that decide how old keys are; timers go on as they are, and so does the network.
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  issuer = await openIssuer(() => new Date());
  identity = at.another({ settings: issuer.settings });
  at.refusals.length = 0;
});
afterEach(async () => {
  vi.useRealTimers();
  await issuer[Symbol.asyncDispose]();
});

const by = (token: string): Promise<unknown> => outcome(identity, { authorization: `Bearer ${token}` });
const SUPPORT = { kind: 'SUPPORT_AGENT', tenant: 'acme', staffId: 'corp:u1' };
const CHUNK = 'x'.repeat(64 * 1024);

const FAILURES: readonly (readonly [string, RequestListener])[] = [
  ['does not answer', () => {}],
  ['answers 500', (_request, response) => void response.writeHead(500).end('{"keys":[]}')],
  ['cuts the line', (request) => void request.socket.destroy()],
  ['answers with what is no set of keys', (_request, response) => void response.end('<html>')],
  ['sends elsewhere', (_request, response) => void response.writeHead(302, { location: '/jwks' }).end()],
  [
    'answers without end',
    (_request, response) => {
      const send = (): void => {
        while (response.write(CHUNK));
      };
      response.on('drain', send);
      send();
    },
  ],
];

test.each(FAILURES)(
  'A-07: while the issuer %s, keys at hand go on working and others are refused',
  async (_case, fail) => {
    expect(await by(await issuer.sign())).toEqual(SUPPORT);
    issuer.answer = fail;
    // Past the time for which unknown key ids are not looked for.
    vi.advanceTimersByTime(60_000);
    const { privateKey } = await generateKeyPair('RS256');
    expect(await by(await issuer.sign({}, { kid: 'k2' }, privateKey))).toBe(REFUSED);
    expect(at.refusals).toEqual(['PROVIDER_DOWN']);
    expect(await by(await issuer.sign())).toEqual(SUPPORT);
  },
);

test.each(FAILURES)('A-07: while the issuer %s, and was never reached, nobody gets in', async (_case, fail) => {
  issuer.answer = fail;
  expect(await by(await issuer.sign())).toBe(REFUSED);
  expect(at.refusals).toEqual(['PROVIDER_DOWN']);
});

test('A-07: an issuer that failed is left alone for a while, then asked again', async () => {
  const serve = issuer.answer;
  issuer.answer = FAILURES[1]?.[1] ?? serve;
  for (let turn = 0; turn < 5; turn += 1) expect(await by(await issuer.sign())).toBe(REFUSED);
  expect(issuer.asked).toBe(1);
  issuer.answer = serve;
  vi.advanceTimersByTime(6000);
  expect(await by(await issuer.sign())).toEqual(SUPPORT);
});

test('A-07: a flood of unknown key ids is one question', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => issuer.sign({}, { kid: `x${index}` })));
  expect(new Set(await Promise.all(tokens.map((token) => by(token))))).toEqual(new Set([REFUSED]));
  expect(issuer.asked).toBe(1);
});

test('A-07: keys are looked for again in the background, and after a day without any answer are believed no more', async () => {
  expect(await by(await issuer.sign())).toEqual(SUPPORT);
  issuer.answer = FAILURES[1]?.[1] ?? issuer.answer;
  vi.advanceTimersByTime(11 * 60_000);
  expect(await by(await issuer.sign())).toEqual(SUPPORT);
  await vi.waitFor(() => expect(issuer.asked).toBe(2));
  vi.advanceTimersByTime(24 * 3_600_000);
  expect(await by(await issuer.sign())).toBe(REFUSED);
});

test('a key that the issuer took back is refused after the next look', async () => {
  expect(await by(await issuer.sign())).toEqual(SUPPORT);
  issuer.answer = (_request, response) => void response.end('{"keys":[]}');
  vi.advanceTimersByTime(11 * 60_000);
  expect(await by(await issuer.sign())).toEqual(SUPPORT);
  await vi.waitFor(async () => expect(await by(await issuer.sign())).toBe(REFUSED));
});

test('A-07: an answer without end is not read for long', async () => {
  let sent = 0;
  issuer.answer = (_request, response) => {
    const send = (): void => {
      do sent += CHUNK.length;
      while (response.write(CHUNK));
    };
    response.on('drain', send);
    send();
  };
  expect(await by(await issuer.sign())).toBe(REFUSED);
  // What is read, and what lay in the buffers of the two ends.
  expect(sent).toBeLessThan(20_000_000);
});
