import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changeRows, changeSchema, forge, type Forgery } from './forge.ts';
import { openTarget, type Target } from './target.ts';

let target: Target;

beforeAll(async () => {
  target = await openTarget();
});

afterAll(() => target[Symbol.asyncDispose]());

const TARGET = 'data/account.json';
const PATTERN = '^(a+)+$';
const lineOf =
  (path: string, change: (text: string) => string): Forgery =>
  (files) =>
    files.set(path, Buffer.from(change(String(files.get(path)))));
const all =
  (...changes: Forgery[]): Forgery =>
  (files, manifest) =>
    changes.forEach((change) => change(files, manifest));
const like = (name: string, row: object): Forgery =>
  all(
    (files) => files.set(`schema/${name}.schema.json`, files.get('schema/account.schema.json') ?? Buffer.alloc(0)),
    changeSchema(name, (schema) => {
      schema.properties = Object.fromEntries(Object.keys(row).map((key) => [key, {}]));
      schema['required'] = [];
    }),
    (files) => files.set(`data/${name}.json`, Buffer.from(`[\n${JSON.stringify(row)}\n]\n`)),
  );

/** What an operator with a key of their own could sign. */
const FORGERIES: readonly (readonly [name: string, change: Forgery, told: RegExp])[] = [
  [
    'a row with a key that no row has',
    all(
      changeSchema('account', ({ properties }) => (properties['evil'] = {})),
      changeRows(TARGET, (row) => ({ ...row, evil: 1 })),
    ),
    /account\.json: row 1: has a property/,
  ],
  [
    'a row with a secret',
    all(
      changeSchema('account', ({ properties }) => (properties['passwordHash'] = {})),
      changeRows(TARGET, (row) => ({ ...row, passwordHash: 'x' })),
    ),
    /has a property/,
  ],
  [
    'a row with a key constructor',
    all(
      changeSchema('account', ({ properties }) => (properties['constructor'] = {})),
      changeRows(TARGET, (row) => ({ ...row, constructor: 1 })),
    ),
    /has a property/,
  ],
  [
    'a row with a key __proto__',
    lineOf(TARGET, (text) => text.replace('{"subjectId"', '{"__proto__":{"id":"x"},"subjectId"')),
    /additional properties/,
  ],
  [
    'a row with another tenant',
    all(
      changeSchema('account', ({ properties }) => (properties['tenantId'] = {})),
      changeRows(TARGET, (row) => ({ ...row, tenantId: 'callr' })),
    ),
    /has a property/,
  ],
  ['a row of somebody else', changeRows(TARGET, (row) => ({ ...row, subjectId: 'sub_other' })), /about somebody else/],
  ['a row with a path for an id', changeRows(TARGET, (row) => ({ ...row, id: '../../x' })), /no id/],
  [
    'a link that is a statement',
    changeRows('data/recordings.ndjson', (row) => ({ ...row, callId: "x'; DROP TABLE account; --" })),
    /callId must be an id/,
  ],
  [
    'rows of two shapes',
    changeRows(
      'data/call-records.ndjson',
      ((first) => (row) => {
        if (first) {
          first = false;
          return row;
        }
        return Object.fromEntries(Object.entries(row).reverse());
      })(true),
    ),
    /other properties/,
  ],
  [
    'two rows with one id',
    changeRows('data/call-records.ndjson', (row) => ({ ...row, id: 'same' })),
    /id of another row/,
  ],
  [
    'a word that the column does not know',
    changeRows('data/messages.ndjson', (row) => ({ ...row, authorKind: 'GOD' })),
    /allowed values|authorKind/,
  ],
  ['text that no database holds', changeRows('data/messages.ndjson', (row) => ({ ...row, body: 'a\0b' })), /NUL/],
  ['half a character', changeRows('data/messages.ndjson', (row) => ({ ...row, body: 'a\ud800b' })), /well-formed/],
  ['bytes that are no text', lineOf(TARGET, (text) => text), /account\.json is not UTF-8/],
  [
    'a number beyond all',
    lineOf('data/recordings.ndjson', (text) => text.replace(/"bytes":\d+/, '"bytes":1e999')),
    /bytes must be|must be integer/,
  ],
  [
    'a value nested 100 000 deep',
    lineOf('data/billing-profiles.json', (text) =>
      text.replace(/"information":(null|\{[^}]*\})/, `"information":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    ),
    /nested too deep/,
  ],
  [
    'a row of 20 MB',
    changeRows('data/messages.ndjson', (row) => ({ ...row, body: 'x'.repeat(20_000_000) })),
    /too long/,
  ],
  [
    'a pattern that never ends',
    all(
      changeSchema('account', ({ properties }) => (properties['email'] = { type: 'string', pattern: PATTERN })),
      changeRows(TARGET, (row) => ({ ...row, email: `${'a'.repeat(100)}!` })),
    ),
    /not a schema as Carryall writes it/,
  ],
  [
    'a schema that is nested 100 000 deep',
    lineOf('schema/account.schema.json', (text) =>
      text.replace('"email": {', `"email": {"items":${'{"items":'.repeat(100_000)}{}${'}'.repeat(100_000)},`),
    ),
    /not a schema/,
  ],
  [
    'a file of another row',
    changeRows('data/recordings.ndjson', (row) => ({
      ...row,
      file: String(row['file']).replace('recordings', 'legal-documents'),
    })),
    /not its own/,
  ],
  [
    'a file that no row names',
    (files) => files.set('files/recordings/more.wav', Buffer.from('RIFF')),
    /more\.wav: is a file that no row names/,
  ],
  [
    'a file with another digest than its row says',
    changeRows('data/recordings.ndjson', (row) => ({ ...row, sha256: '0'.repeat(64) })),
    /another SHA-256 than its file/,
  ],
  ['operators for rows', like('tenants', { subjectId: 'x', id: 'new' }), /tenants\.json: is no dataset/],
  ['events of the audit', like('audit-events', { subjectId: 'x', id: 'x' }), /is no dataset/],
  ['sign-ins', like('sessions', { subjectId: 'x', id: 'x' }), /holds nothing that a bundle of Art\. 20 carries/],
  ['requests', like('requests', { subjectId: 'x', id: 'x' }), /holds nothing/],
  ['calls of others', like('call-records-as-call-counterparty', { subjectId: 'x', id: 'x' }), /rows of somebody else/],
  ['a name from nowhere', like('account-drop', { subjectId: 'x' }), /is no dataset/],
  [
    'a person with a path for an id',
    (_files, manifest) => (manifest.subject.id = '../x'),
    /manifest\.json\/subject\/id/,
  ],
];

test.each(FORGERIES)(
  'X-34: a well-signed bundle with %s is refused, and nothing is written',
  async (name, change, told) => {
    const forged = await forge(target.zip, target.at.key, (files, manifest) => {
      change(files, manifest);
      if (name !== 'bytes that are no text') return;
      files.set(
        TARGET,
        Buffer.from(String(files.get(TARGET)).replace(/"fullName":"|"firstName":"/, '$&\u00ff'), 'latin1'),
      );
    });
    expect(await target.refusal(forged)).toMatch(told);
  },
);

test('X-34: a schema that points elsewhere makes nobody ask there', async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const forged = await forge(
    target.zip,
    target.at.key,
    changeSchema('account', ({ properties }) => (properties['email'] = { $ref: `http://127.0.0.1:${port}/x.json` })),
  );
  expect(await target.refusal(forged)).toMatch(/schema\/account\.schema\.json: is not a schema as Carryall writes it/);
  expect(asked).toBe(0);
  await new Promise((resolve) => server.close(resolve));
});

test('what is forged without a change is taken in: the refusals above have their own reasons', async () => {
  const { at } = target;
  await at.addTenant('taken', 'CR');
  const forged = await forge(target.zip, target.at.key, () => {});
  expect((await at.receive('taken', forged)).subjectCreated).toBe(true);
});
