import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditing } from '../graphql/audit-log.ts';
import { customerStaff, internalApp, privacyStaff, subject, supportAgent } from '../graphql/people.ts';
import { openTestDelivery, sha256Of, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;
/** What whoever watches the gateway is told of requests. */
const answers: unknown[] = [];
const ann = subject('cp', 'ann');
const staff = privacyStaff('cp');
const DSR = { purpose: 'DATA_SUBJECT_REQUEST' };

beforeAll(async () => {
  on = await openTestDelivery({
    limits: { linksPerBundle: 3 },
    gateway: { onAnswer: (answer) => answers.push(answer) },
  });
});

afterAll(() => on[Symbol.asyncDispose]());

const CREATE = 'mutation ($id: ID!) { createDownloadLink(request: $id) { id url isGood usedAt revokedAt } }';
const REVOKE = 'mutation ($id: ID!) { revokeDownloadLink(id: $id) { id url isGood } }';
const RECALL = `mutation ($id: ID!, $reason: String!) { recallBundle(id: $id, reason: $reason) {
  bundle { status sha256 } downloads { completedAt network outcome sentBytes } } }`;
const BUNDLES = `query ($id: ID!) { subject(id: $id) { bundles { status links { id url isGood } downloads { outcome network } } } }`;

interface Link {
  readonly id: string;
  readonly url: string;
  readonly isGood: boolean;
}

async function create(
  { requestId }: ReadyBundle,
  actor = ann,
): Promise<{ link: Link | undefined; code: string | undefined }> {
  const { data, errors } = await on.at.ask(actor, CREATE, { variables: { id: requestId } });
  return {
    link: (data as { createDownloadLink?: Link } | undefined)?.createDownloadLink,
    code: errors?.[0]?.extensions?.code,
  };
}

const download = async (url: string): Promise<Response> => on.get(`${url}/file`, await on.as(ann));

test('a person makes a link to the bundle of their request, and it works', async () => {
  const bundle = await on.publish('ann');
  const { result, entries } = await auditing(on.at, 'cp', () => create(bundle));
  const { link } = result;
  expect(link).toMatchObject({
    isGood: true,
    usedAt: null,
    revokedAt: null,
    url: expect.stringMatching(/^\/download\//),
  });
  expect(entries).toMatchObject([
    {
      action: 'DOWNLOAD',
      outcome: 'ALLOWED',
      subjectId: 'ann',
      detail: { step: 'LINKED', bundle: bundle.bundleId, link: link?.id },
    },
  ]);
  const response = await download(link?.url ?? '');
  expect(sha256Of(new Uint8Array(await response.arrayBuffer()))).toBe(bundle.sha256);
});

test('nobody else makes a link, staff neither', async () => {
  const bundle = await on.publish('ann');
  const others = [
    subject('cp', 'ben'),
    subject('other', 'ann'),
    staff,
    customerStaff('cp', 'org'),
    supportAgent('cp'),
    internalApp('cp'),
  ];
  for (const actor of others) expect((await create(bundle, actor)).code).toBe('NOT_FOUND');
});

test('there is a link only to what is ready, and only so many', async () => {
  const bundle = await on.publish('ann');
  for (let count = 0; count < 3; count += 1) expect((await create(bundle)).link?.isGood).toBe(true);
  expect((await create(bundle)).code).toBe('WRONG_STATE');
  await on.at.pool.query("UPDATE portability_bundle SET status = 'LOST' WHERE id = $1", [bundle.bundleId]);
  await on.at.pool.query('DELETE FROM download_link WHERE bundle_id = $1', [bundle.bundleId]);
  expect((await create(bundle)).code).toBe('WRONG_STATE');
});

test('D-13: a revoked link is gone, whoever revoked it', async () => {
  const bundle = await on.publish('ann');
  for (const [actor, declared] of [
    [ann, {}],
    [staff, DSR],
  ] as const) {
    const { link } = await create(bundle);
    const { data } = await on.at.ask(actor, REVOKE, { ...declared, variables: { id: link?.id } });
    expect(data).toEqual({ revokeDownloadLink: { id: link?.id, url: null, isGood: false } });
    expect((await download(link?.url ?? '')).status).toBe(410);
  }
});

test('nobody revokes the link of another person, nor without saying what for', async () => {
  const { link } = await create(await on.publish('ann'));
  const codes = [];
  for (const [actor, declared] of [
    [subject('cp', 'ben'), {}],
    [subject('other', 'ann'), {}],
    [staff, {}],
    [supportAgent('cp'), DSR],
  ] as const)
    codes.push(
      (await on.at.ask(actor, REVOKE, { ...declared, variables: { id: link?.id } })).errors?.[0]?.extensions?.code,
    );
  expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'PURPOSE_REQUIRED', 'FORBIDDEN']);
  expect((await download(link?.url ?? '')).status).toBe(200);
});

test('who fetched it is told to the person and to privacy staff; where the link is opened, to the person alone', async () => {
  const tenant = 'other';
  const owner = subject(tenant, 'ann');
  const bundle = await on.publish('ann', { tenant });
  const { data } = await on.at.ask(owner, CREATE, { variables: { id: bundle.requestId } });
  const { url } = (data as { createDownloadLink: Link }).createDownloadLink;
  const before = await on.at.ask(owner, BUNDLES, { variables: { id: 'ann' } });
  expect(before.data).toEqual({
    subject: { bundles: [{ status: 'READY', links: [{ id: expect.any(String), url, isGood: true }], downloads: [] }] },
  });
  await (await on.get(`${url}/file`, await on.as(owner))).arrayBuffer();
  const after = {
    status: 'READY',
    links: [{ id: expect.any(String), url: null, isGood: false }],
    downloads: [{ outcome: 'COMPLETE', network: '127.0.0.0/24' }],
  };
  await expect
    .poll(async () => (await on.at.ask(owner, BUNDLES, { variables: { id: 'ann' } })).data)
    .toEqual({ subject: { bundles: [after] } });
  const asStaff = await on.at.ask(privacyStaff(tenant), BUNDLES, { ...DSR, variables: { id: 'ann' } });
  expect(asStaff.data).toEqual({ subject: { bundles: [after] } });
  const asAgent = await on.at.ask(supportAgent(tenant), BUNDLES, { purpose: 'CP-P1', variables: { id: 'ann' } });
  expect(JSON.stringify(asAgent.data ?? null)).not.toContain('COMPLETE');
});

test('X-17: a recalled bundle is out of reach at once, its bytes are gone, and who had it is told', async () => {
  const bundle = await on.publish('ann');
  const [used, unused] = [(await create(bundle)).link, (await create(bundle)).link];
  await (await download(used?.url ?? '')).arrayBuffer();
  await expect
    .poll(() => on.at.prisma.download.count({ where: { bundleId: bundle.bundleId, outcome: 'COMPLETE' } }))
    .toBe(1);
  const reason = 'It held rows of another person.';
  const { result, entries } = await auditing(on.at, 'cp', () =>
    on.at.ask(staff, RECALL, { ...DSR, variables: { id: bundle.bundleId, reason } }),
  );
  expect(result).toMatchObject({
    data: {
      recallBundle: {
        bundle: { status: 'RECALLED', sha256: bundle.sha256 },
        downloads: [{ completedAt: expect.any(String), network: '127.0.0.0/24', outcome: 'COMPLETE', sentBytes: 1000 }],
      },
    },
  });
  expect(entries.find(({ detail }) => detail['step'] === 'RECALLED')).toMatchObject({
    actorKind: 'CONTROLLER_STAFF',
    subjectId: 'ann',
    reason,
    purpose: 'DATA_SUBJECT_REQUEST',
  });
  for (const link of [used, unused]) expect((await download(link?.url ?? '')).status).toBe(410);
  expect(existsSync(join(on.bundles, bundle.key))).toBe(false);
  const notices = await on.at.prisma.notice.findMany({
    where: { bundleId: bundle.bundleId },
    orderBy: { kind: 'asc' },
  });
  expect(notices.map(({ kind }) => kind)).toEqual(['BUNDLE_DOWNLOADED', 'BUNDLE_RECALLED', 'INCIDENT']);
  expect((await create(bundle)).code).toBe('WRONG_STATE');
  const REQUEST = 'query ($id: ID!) { request(id: $id) { status canRetry bundle { status } } }';
  const request = (actor: typeof ann, declared: object) =>
    on.at.ask(actor, REQUEST, { ...declared, variables: { id: bundle.requestId } });
  const recalled = { status: 'RECALLED', bundle: { status: 'RECALLED' } };
  expect((await request(ann, {})).data).toEqual({ request: { ...recalled, canRetry: false } });
  expect((await request(staff, DSR)).data).toEqual({ request: { ...recalled, canRetry: true } });
  // Asked again it tells the same, and nobody is told twice.
  await on.at.ask(staff, RECALL, { ...DSR, variables: { id: bundle.bundleId, reason } });
  expect(await on.at.prisma.notice.count({ where: { bundleId: bundle.bundleId } })).toBe(3);
});

test('only privacy staff recall, who say why', async () => {
  const bundle = await on.publish('ann');
  const codes = [];
  for (const [actor, declared, reason] of [
    [ann, {}, 'It held rows of another person.'],
    [supportAgent('cp'), DSR, 'It held rows of another person.'],
    [customerStaff('cp', 'org'), DSR, 'It held rows of another person.'],
    [staff, {}, 'It held rows of another person.'],
    [staff, DSR, 'oops'],
    [privacyStaff('other'), DSR, 'It held rows of another person.'],
  ] as const) {
    const { errors } = await on.at.ask(actor, RECALL, { ...declared, variables: { id: bundle.bundleId, reason } });
    codes.push(errors?.[0]?.extensions?.code);
  }
  expect(codes).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'PURPOSE_REQUIRED', 'BAD_USER_INPUT', 'NOT_FOUND']);
  expect((await create(bundle)).link?.isGood).toBe(true);
});

test('D-16: no token is in the database, the audit log, the access log or what is told of faults', async () => {
  const bundle = await on.publish('ann');
  const { link } = await create(bundle);
  const token = link?.url.split('/').at(-1) ?? '';
  await download(link?.url ?? '').then((response) => response.arrayBuffer());
  await on.get(`/download/${token.slice(0, -2)}xx/file`);
  const { rows } = await on.at.pool.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
  );
  expect(rows.length).toBeGreaterThan(30);
  for (const part of token.split('.'))
    for (const { name } of rows) {
      const found = await on.at.pool.query(`SELECT FROM "${name}" t WHERE position($1 in t::text) > 0`, [part]);
      expect([name, found.rowCount]).toEqual([name, 0]);
    }
  expect(answers).toContainEqual(expect.objectContaining({ route: '/download/*', status: 200 }));
  expect(JSON.stringify([on.faults, answers])).not.toContain(token.slice(0, 20));
});
