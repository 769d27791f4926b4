import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { auditor } from '../graphql/people.ts';
import { ENDPOINT, headersOf } from './send.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
});

afterAll(() => at[Symbol.asyncDispose]());

/** The audits of GraphQL over HTTP that pass and that do not, with headers of ours beside those that an audit sends. */
async function audit(extra: Readonly<Record<string, string>>): Promise<{ ok: string[]; notOk: string[] }> {
  const fetchFn = (url: string, init: RequestInit = {}): Promise<Response> =>
    at.gateway.fetch(new Request(url, { ...init, headers: { ...extra, ...(init.headers as Record<string, string>) } }));
  const audits = serverAudits({ url: ENDPOINT, fetchFn });
  expect(audits).toHaveLength(61);
  const results = await Promise.all(audits.map(({ fn }) => fn()));
  const { ok = [], notOk = [] } = Object.groupBy(results, ({ status }) => (status === 'ok' ? 'ok' : 'notOk'));
  return { ok: ok.map(({ id }) => id), notOk: notOk.map(({ id }) => id) };
}

test('G-01: an auditor passes all audits of GraphQL over HTTP', async () => {
  const { 'content-type': _type, ...headers } = await headersOf(at, auditor('cp'));
  expect((await audit(headers)).notOk).toEqual([]);
});

test('G-02: what a stranger gets does not change unnoticed: only what asks for no more than a refusal passes', async () => {
  const { ok, notOk } = await audit({});
  expect(ok.toSorted()).toEqual(['51FE', '5E5B', '865D', '8764', '9ABE', '9C48', 'B6DC', 'D586']);
  expect(notOk).toHaveLength(53);
});
