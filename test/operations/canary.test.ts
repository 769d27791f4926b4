import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { signToken } from '../../src/http/token.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { readTokenKey } from '../../src/token-key.ts';
import { openPostOffice, type PostOffice } from '../notices/post-office.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import type { Database } from '../../src/store/database.ts';
import { serveAlone, type Served } from './served.ts';

/** What is one person's only, each in the place where such a thing stands. */
const CANARY = {
  first: 'Zyqanna',
  last: 'Vexholm',
  email: 'zyqanna.vexholm@canary.example',
  phone: '+31655012377',
  token: 'tok-q7Zk29Lmx4Wp',
  password: 'Hemelsblauw-7731-paard',
} as const;
/** Each in all ways in which it might have been written on. */
const TRACES = new RegExp(
  Object.values(CANARY)
    .flatMap((word) => [
      word.replace(/^\+/, ''),
      encodeURIComponent(word).replace(/^%2B/, ''),
      // From its second byte on, since what stands before shifts the letters.
      Buffer.from(word).toString('base64').slice(4, -4),
    ])
    .map((word) => word.replaceAll(/[.+*?^$()[\]{}|\\/]/g, String.raw`\$&`))
    .join('|'),
  'i',
);

let database: Database;
let folder: TemporaryFolder;
let mail: PostOffice;
let served: Served;
const ann: Actor = { kind: 'SUBJECT', tenant: 'cp', subjectId: 'sub_ann' };
const agent: Actor = { kind: 'SUPPORT_AGENT', tenant: 'cp', staffId: 'agent' };
const LOOKING = { 'x-carryall-purpose': 'SERVICE', 'x-carryall-reason': 'A ticket about a bill' };

beforeAll(async () => {
  database = await openTestDatabase();
  folder = openTemporaryFolder();
  mail = await openPostOffice();
  const prisma = createPrisma(database.pool);
  const createdAt = new Date('2026-01-01T00:00:00Z');
  const owned = { tenantId: 'cp', subjectId: 'sub_ann', sourceSystem: 'test' };
  await prisma.tenant.create({
    data: { tenantId: 'cp', policyCode: 'CP', name: 'Operator', country: 'NL', createdAt },
  });
  await prisma.subject.create({ data: { tenantId: 'cp', id: 'sub_ann', createdAt } });
  await prisma.account.create({
    data: {
      ...owned,
      id: 'acc',
      fullName: `${CANARY.first} ${CANARY.last}`,
      email: CANARY.email,
      phone: CANARY.phone,
      passwordHash: CANARY.password,
      createdAt,
    },
  });
  await prisma.subjectIdentifier.createMany({
    data: [
      { ...owned, id: 'mail', kind: 'EMAIL', value: CANARY.email },
      { ...owned, id: 'phone', kind: 'PHONE', value: CANARY.phone },
    ],
  });
  // Held for long: an address that is new makes a request wait.
  await database.pool.query(`UPDATE subject_identifier SET held_since = '-infinity'`);
  await prisma.session.create({
    data: { ...owned, id: 'ses', token: CANARY.token, createdAt, expiresAt: new Date('2027-01-01T00:00:00Z') },
  });
  await prisma.$disconnect();
  served = await serveAlone({
    DATABASE_URL: database.url,
    CARRYALL_DATA: folder.path,
    CARRYALL_SMTP: mail.url,
    CARRYALL_MAIL_FROM: 'privacy@operator.example',
    CARRYALL_OPERATOR_MAIL: 'operator@operator.example',
  });
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await mail[Symbol.asyncDispose]();
  await database.close();
  folder[Symbol.dispose]();
});

async function data<T>(actor: Actor, query: string, variables: object = {}): Promise<T> {
  const { data, errors } = (await (await served.ask(actor, { query, variables }, LOOKING)).json()) as {
    data: T;
    errors?: unknown;
  };
  expect(errors, query).toBeUndefined();
  return data;
}

/** Tells of nobody, whoever asks how. */
async function refused(response: Promise<Response>): Promise<void> {
  expect(await (await response).text()).not.toMatch(TRACES);
}

test('the person is there, and would be found', async () => {
  const { viewer } = await data<{ viewer: { subject: { account: object } } }>(
    ann,
    '{ viewer { subject { account { fullName email phone } } } }',
  );
  expect(JSON.stringify(viewer)).toMatch(TRACES);
});

test('L-10: queries, mutations, failures, an export and its notices leave no word of a person with whoever watches', async () => {
  await data(agent, 'query Find($who: String!) { findSubjects(identifier: $who) { id } }', { who: CANARY.email });
  await data(ann, '{ viewer { subject { bundle(scope: ACCESS) } } }');

  // What clients do wrong, with the person's words in all places that a request has.
  const { first, last, email, phone, token, password } = CANARY;
  await refused(served.ask(ann, `{"query": "{ ${first} ${email}`));
  await refused(served.ask(ann, { query: `query ${first} { ${last} }` }));
  await refused(served.ask(agent, { query: '{ subject(id: 5.5) { id } }', variables: { [last]: email } }, LOOKING));
  await refused(served.ask(agent, { query: 'query($n: Int!) { tenant { name } }', variables: { n: phone } }));
  await refused(served.ask(agent, { query: '{ tenant { name } }' }, { 'x-carryall-reason': `${email} `.repeat(50) }));
  await refused(served.ask(ann, { query: '{ tenant { name } }' }, { authorization: `Bearer ${token}` }));
  await refused(served.ask(agent, { query: `{ subject(id: "${email}") { id } }` }, LOOKING));
  await refused(fetch(`${served.url}/download/${token}`));
  await refused(fetch(`${served.url}/${first}?email=${email}&phone=${phone}`));
  await refused(fetch(`${served.url}/auth/me`, { headers: { cookie: `session=${password}` } }));

  // A statement that the database refuses in words that quote the address.
  await database.pool.query(`ALTER TABLE subject_identifier RENAME TO away;
    CREATE TABLE subject_identifier (LIKE away); ALTER TABLE subject_identifier ALTER value TYPE inet USING NULL;
    GRANT ALL ON subject_identifier TO carryall_app`);
  const failing = await served.ask(
    agent,
    { query: '{ findSubjects(identifier: $who) { id } }'.replace('$who', JSON.stringify(email)) },
    LOOKING,
  );
  expect(await failing.text()).toContain('INTERNAL');
  await database.pool.query('DROP TABLE subject_identifier; ALTER TABLE away RENAME TO subject_identifier');

  // A copy, encrypted with a passphrase of theirs, to its link.
  const filed = await data<{ fileRequest: { id: string; status: string } }>(
    ann,
    'mutation File($p: String!, $d: String!) { fileRequest(right: "ACCESS", passphrase: $p, details: $d, idempotencyKey: "one") { id status } }',
    { p: password, d: `${first} ${last}, ${phone}` },
  );
  await expect
    .poll(
      async () =>
        (await data<{ request: { status: string } }>(ann, `{ request(id: "${filed.fileRequest.id}") { status } }`))
          .request.status,
      { timeout: 180_000, interval: 200 },
    )
    .toBe('READY');
  const { createDownloadLink: link } = await data<{ createDownloadLink: { url: string } }>(
    ann,
    `mutation { createDownloadLink(request: "${filed.fileRequest.id}") { id url } }`,
  );
  const authorization = `Bearer ${await signToken(await readTokenKey(folder.path), ann, 600, new Date())}`;
  for (const path of [link.url, `${link.url}/file`]) {
    const response = await fetch(`${served.url}${path}`, { headers: { authorization } });
    expect([path === link.url, response.status, (await response.arrayBuffer()).byteLength > 100]).toEqual([
      path === link.url,
      200,
      true,
    ]);
  }
  await refused(fetch(`${served.url}${link.url.slice(0, -2)}xx`, { headers: { authorization } }));
  await expect.poll(() => mail.mails.length).toBeGreaterThan(0);

  const metrics = await served.metrics();
  expect(await served.stop()).toBe(0);

  // D-16: whoever reads what is written beside a download cannot open its link.
  const told = [served.said(), metrics, ...served.traces, ...mail.mails.map(({ raw }) => raw)].join('\n');
  expect(told).toContain('"route":"/download/*"');
  for (const part of (link.url.split('/').at(-1) ?? '').split('.')) expect(told).not.toContain(part.slice(0, -2));

  const logs = served.said();
  expect(logs).toMatch(/"route":"\/graphql","status":200,"kind":"SUBJECT","network":"127\.0\.0\.0\/24"/);
  expect(logs).toMatch(/"code":"DATABASE_FAILED","frames":\["/);
  expect(logs).not.toMatch(TRACES);
  expect(metrics).toMatch(/^carryall_builds_ended_total\{outcome="PUBLISHED"\} 1$/m);
  expect(metrics).not.toMatch(TRACES);
  const traces = served.traces.join('\n');
  const names = [
    'http.request',
    'graphql.operation',
    'database.transaction',
    'bundle.build',
    'bundle.stage',
    'notice.send',
  ];
  for (const name of names) expect(traces).toContain(name);
  expect(traces).not.toMatch(TRACES);
  for (const { parsed } of mail.mails) {
    expect([parsed.subject, parsed.text, parsed.html].join('\n')).not.toMatch(TRACES);
  }
  for (const [table, rows] of Object.entries(await watched())) {
    expect(rows.length, table).toBeGreaterThan(0);
    expect(rows.join('\n'), table).not.toMatch(TRACES);
  }
});

/** Every row of what is written beside the person's own data. */
async function watched(): Promise<Readonly<Record<string, readonly string[]>>> {
  const read = async (table: string, without: readonly string[] = []): Promise<readonly string[]> => {
    const { rows } = await database.pool.query<{ row: string }>(
      `SELECT (to_jsonb(t) - $1::text[])::text AS row FROM ${table} t`,
      [[...without]],
    );
    return rows.map(({ row }) => row);
  };
  return {
    audit_event: await read('audit_event'),
    notice: await read('notice'),
    request_step: await read('request_step'),
    routing_decision: await read('routing_decision'),
    build_attempt: await read('build_attempt'),
    portability_bundle: await read('portability_bundle'),
    download_link: await read('download_link'),
    idempotent_answer: await read('idempotent_answer'),
    rate_limit: await read('rate_limit'),
    'pgboss.job': await read('pgboss.job'),
    // What they wrote themselves is theirs, and stays with the request.
    data_subject_request: await read('data_subject_request', ['details']),
  };
}
