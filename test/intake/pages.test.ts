import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/languages.ts';
import { WORDS } from '../../src/http/intake/words.ts';
import { openIntake, type TestIntake } from './open-intake.ts';

let at: TestIntake;

beforeAll(async () => {
  at = await openIntake();
});

afterAll(() => at[Symbol.asyncDispose]());

test.each(LANGUAGES)('the pages are in %s where the browser asks for it, whole, and safe to open', async (language) => {
  const headers = { 'accept-language': `xx, ${language}-BE;q=0.8` };
  const path = await at.ask('ann@example.org');
  for (const page of ['/intake/cp', path]) {
    const response = await at.get(page, headers);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html.replace(/<style>[^]*<\/style>/, '')).not.toMatch(/[{}]|undefined/);
    expect(html).toContain('Operator &#38; cp');
    expect(html).not.toMatch(/<script|onclick|https?:/);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  }
});

test('every word of the pages names the same facts in every language', () => {
  const facts = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(([fact]) => fact).toSorted();
  for (const language of LANGUAGES)
    for (const [word, text] of Object.entries(WORDS[language]))
      expect(new Set(facts(text)), `${language} ${word}`).toEqual(
        new Set(facts(WORDS.en[word as keyof typeof WORDS.en])),
      );
});

test('what is wrong with a form is told beside its fields, all at once, and what was written is there still', async () => {
  const response = await at.post('/intake/cp', {
    address: '"><script>',
    right: 'EVERYTHING',
    details: 'x'.repeat(4001),
  });
  expect(response.status).toBe(400);
  const html = await response.text();
  expect(html).toContain('role="alert"');
  for (const field of ['address', 'right', 'details']) expect(html).toContain(`id="${field}-fault"`);
  expect(html).toContain('value="&#34;&#62;&#60;script&#62;"');
  expect(html).not.toContain('<script>');
  expect(await at.prisma.dataSubjectRequest.count({ where: { details: { contains: 'x' } } })).toBe(0);
});

test.each([
  '/intake/none',
  '/intake/CP',
  '/intake/cp/',
  '/intake/cp/req_1',
  '/intake/cp/req_1/other',
  '/intake/',
  '/intake/..',
])('there is nothing at %s', async (path) => {
  expect((await at.get(path)).status).toBe(404);
  expect((await at.post(path, { code: '1' })).status).toBe(404);
});

test('the id of a request that came in otherwise opens no page', async () => {
  await at.prisma.dataSubjectRequest.create({
    data: {
      tenantId: 'cp',
      id: `req_${'a'.repeat(24)}`,
      subjectId: 'ann',
      right: 'ERASURE',
      relation: 'ACCOUNT_HOLDER',
      status: 'NEEDS_REVIEW',
      channel: 'PORTAL',
      receivedAt: at.clock.now(),
      dueAt: at.clock.now(),
    },
  });
  for (const page of ['', '/cancel'])
    expect((await at.get(`/intake/cp/req_${'a'.repeat(24)}${page}`)).status).toBe(404);
  expect((await at.post(`/intake/cp/req_${'a'.repeat(24)}/again`, {})).status).toBe(404);
});

test('an address may be asked for twice in a quarter of an hour, held or not, and a network twenty times', async () => {
  await using strict = await openIntake({ perIdentifier: 2, perAddress: 7 });
  const ask = async (address: string): Promise<number> =>
    (await strict.post('/intake/cp', { address, right: 'ACCESS' })).status;
  for (const address of ['ann@example.org', 'nobody@example.org']) {
    const statuses = [await ask(address), await ask(address.toUpperCase()), await ask(address)];
    expect(statuses, address).toEqual([303, 303, 429]);
  }
  expect([await ask('a@example.org'), await ask('b@example.org')]).toEqual([303, 429]);
  const refused = await strict.post('/intake/cp', { address: 'c@example.org', right: 'ACCESS' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const { rows } = await strict.pool.query<{ key: string }>('SELECT key FROM rate_limit');
  expect(JSON.stringify(rows)).not.toMatch(/example/i);
});

test('a body beyond what a form needs is not read', async () => {
  const response = await at.post('/intake/cp', {
    address: 'a@example.org',
    right: 'ACCESS',
    details: 'x'.repeat(40_000),
  });
  expect(response.status).toBe(413);
});
