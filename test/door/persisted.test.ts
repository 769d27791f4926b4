import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseManifest, readManifest, type PersistedDocuments } from '../../src/http/persisted.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { auditor, internalApp, subject } from '../graphql/people.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';
import { send } from './send.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const known = '{ viewer { id } }';
const schemaOf = '{ __schema { queryType { name } } }';
const large = `{ ${Array.from({ length: 30 }, (_, index) => `c${index}: findSubjects(identifier: "x") { calls(first: 100) { nodes { id recordings { id } } } }`).join(' ')} }`;
const documents = parseManifest(Object.fromEntries([known, schemaOf, large].map((text) => [hashOf(text), text])));

let at: TestGateway;
const ann = subject('cp', 'ann');

beforeAll(async () => {
  const persisted: PersistedDocuments = { documents, only: new Set(['SUBJECT', 'INTERNAL_APP']) };
  at = await openGateway({ persisted });
});
afterAll(() => at[Symbol.asyncDispose]());

const apollo = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });

describe('G-48: a caller who may send known documents only', () => {
  test('sends them by their hash, in either form', async () => {
    expect((await send(at, ann, apollo(hashOf(known)))).data).toEqual({ viewer: { id: 'ann' } });
    expect((await send(at, ann, { documentId: `sha256:${hashOf(known)}` })).data).toEqual({ viewer: { id: 'ann' } });
  });

  test.each(['0'.repeat(64), '__proto__', 'constructor', 'toString', ''])(
    'gets nothing by the hash "%s"',
    async (hash) => {
      for (const body of [apollo(hash), { documentId: hash }]) {
        const { status, codes } = await send(at, ann, body);
        expect([status, codes]).toEqual([400, ['PERSISTED_QUERY_NOT_IN_LIST']]);
      }
    },
  );

  test('sends no other, not even a known one in full', async () => {
    for (const query of ['{ viewer { kind } }', known])
      for (const actor of [ann, internalApp('cp')])
        expect((await send(at, actor, { query })).codes).toEqual(['PERSISTED_QUERY_ONLY']);
  });

  test('is not helped by a hash beside a document, and neither is anybody', async () => {
    for (const actor of [ann, auditor('cp')])
      for (const query of ['{ viewer { kind } }', known, ''])
        expect((await send(at, actor, { query, ...apollo(hashOf(known)) })).codes).toEqual([
          'CANNOT_SEND_PQ_ID_AND_BODY',
        ]);
  });
});

test('others send documents of their own, or known ones', async () => {
  expect((await send(at, auditor('cp'), { query: '{ viewer { kind } }' })).data).toEqual({
    viewer: { kind: 'AUDITOR' },
  });
  expect((await send(at, auditor('cp'), apollo(hashOf(known)))).data).toEqual({ viewer: { id: 'auditor-1' } });
});

test('G-50: a known document is still only for those who may, and costs what it costs', async () => {
  expect((await send(at, ann, apollo(hashOf(schemaOf)))).codes).toEqual(['INTROSPECTION_REFUSED']);
  expect((await send(at, auditor('cp'), apollo(hashOf(schemaOf)))).codes).toEqual([]);
  expect((await send(at, ann, apollo(hashOf(large)))).codes).toEqual(['LIMIT_PASSED']);
});

test('a manifest is read from its file, or it is told that there is none', async () => {
  using folder = openTemporaryFolder();
  const file = join(folder.path, 'persisted-documents.json');
  await expect(readManifest(file)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await writeFile(file, JSON.stringify({ [hashOf(known)]: known }));
  expect(await readManifest(file)).toEqual(new Map([[hashOf(known), known]]));
});

test('a manifest whose hashes are not those of its documents is refused', () => {
  expect(() => parseManifest({ [hashOf(known)]: schemaOf })).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  expect(() => parseManifest([known])).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});
