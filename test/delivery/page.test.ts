import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signInPath } from '../../src/http/routes/graphiql.ts';
import { WORDS } from '../../src/http/routes/download-words.ts';
import { LANGUAGES } from '../../src/languages.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;
let ann: Record<string, string>;
const html = { accept: 'text/html,*/*;q=0.8' };

beforeAll(async () => {
  on = await openTestDelivery({ gateway: { signIn: signInPath } });
  ann = await on.as(subject('cp', 'ann'));
});

afterAll(() => on[Symbol.asyncDispose]());

test('the page says what the link leads to, until when, how large it is and how to check it', async () => {
  const bundle = await on.publish('ann');
  const path = await on.link(bundle);
  const page = await on.get(path, { ...ann, ...html });
  const text = await page.text();
  expect(page.status).toBe(200);
  for (const part of [bundle.sha256, '1,000', 'Operator cp', `href="${path}/file"`, 'sha', 'UTC'])
    expect(text).toContain(part);
  expect(text).not.toContain('<script');
});

test('X-39: the page runs nothing, loads nothing, and stands in no frame', async () => {
  const page = await on.get(await on.link(await on.publish('ann')), { ...ann, ...html });
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(page.headers.get('cache-control')).toBe('private, no-store');
});

test('who previews a link, or is not signed in, uses nothing up and learns nothing', async () => {
  const bundle = await on.publish('ann');
  const path = await on.link(bundle);
  for (const headers of [{}, html, { 'user-agent': 'Slackbot-LinkExpanding 1.0' }])
    for (const method of ['GET', 'HEAD'])
      for (const target of [path, `${path}/file`]) {
        const response = await on.get(target, headers, method);
        expect([303, 401]).toContain(response.status);
        expect(await response.text()).not.toContain(bundle.sha256);
      }
  expect(await on.at.prisma.download.count({ where: { bundleId: bundle.bundleId } })).toBe(0);
  expect((await on.get(`${path}/file`, ann)).status).toBe(200);
});

test('browsers are sent to sign in and come back to the page, anew when it was too long ago', async () => {
  const path = await on.link(await on.publish('ann'));
  const back = `/auth/sign-in?return_to=${encodeURIComponent(path)}`;
  for (const target of [path, `${path}/file`]) {
    const stranger = await on.get(target, html);
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, back]);
    const stale = await on.get(target, { ...html, ...(await on.as(subject('cp', 'ann'), 3601)) });
    expect([stale.status, stale.headers.get('location')]).toEqual([303, `${back}&fresh=1`]);
  }
});

test('its person learns why a link is gone, and nobody else does', async () => {
  const path = await on.link(await on.publish('ann'));
  await (await on.get(`${path}/file`, ann)).arrayBuffer();
  const told = async (headers: Record<string, string>): Promise<string> => {
    const response = await on.get(path, { ...html, 'accept-language': 'de-AT,en;q=0.5', ...headers });
    expect(response.status).toBe(410);
    return response.text();
  };
  await expect.poll(() => told(ann)).toContain('Dieser Link wurde benutzt');
  expect(await told({})).toContain(WORDS.de.gone);
});

describe.each(LANGUAGES)('in %s', (language) => {
  test('every word is there, and speaks of the operator where the others do', () => {
    for (const [key, text] of Object.entries(WORDS[language])) {
      expect([key, text.length > 2]).toEqual([key, true]);
      expect([key, text.includes('{operator}')]).toEqual([
        key,
        WORDS.en[key as keyof typeof WORDS.en].includes('{operator}'),
      ]);
    }
  });

  test('the page speaks the language of the request', async () => {
    const bundle = await on.publish('ann');
    await on.at.prisma.dataSubjectRequest.update({
      where: { tenantId_id: { tenantId: 'cp', id: bundle.requestId } },
      data: { language },
    });
    const text = await (await on.get(await on.link(bundle), { ...ann, ...html })).text();
    expect(text).toContain(`<html lang="${language}">`);
    expect(text).toContain(WORDS[language].download);
  });
});

test('D-34: guessed links get one answer, and one alarm', async () => {
  const guessing = await openTestDelivery({ limits: { wrongLinks: 20 } });
  try {
    const answers = new Set<string>();
    for (let index = 0; index < 60; index += 1) {
      const response = await guessing.get(
        `/download/${Math.random().toString(36).repeat(5)}${index % 2 === 0 ? '' : '/file'}`,
      );
      answers.add(`${response.status} ${await response.text()}`);
    }
    expect([...answers]).toEqual([expect.stringMatching(/^404 /)]);
    const incidents = (): Promise<unknown[]> =>
      guessing.at.prisma.notice.findMany({ where: { kind: 'INCIDENT', tenantId: 'cp' } });
    await expect.poll(incidents).toHaveLength(1);
    const entries = async (): Promise<unknown[]> =>
      (await guessing.at.pool.query("SELECT * FROM audit_event WHERE tenant_id = '*'")).rows;
    await expect
      .poll(entries)
      .toMatchObject([{ actor_kind: 'ANONYMOUS', outcome: 'DENIED', detail: { denial: 'GUESSING' } }]);
  } finally {
    await guessing[Symbol.asyncDispose]();
  }
});

test('D-34: guessing is slowed down', async () => {
  const { RATE_LIMITS } = await import('../../src/http/rate-limit.ts');
  const limited = await openTestDelivery({ gateway: { rateLimits: { ...RATE_LIMITS, addressPoints: 10 } } });
  try {
    const statuses: number[] = [];
    for (let index = 0; index < 15; index += 1) statuses.push((await limited.get(`/download/x${index}`)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(404), ...Array<number>(5).fill(429)]);
  } finally {
    await limited[Symbol.asyncDispose]();
  }
});
