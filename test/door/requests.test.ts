import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CSRF_HEADER } from '../../src/http/request-rules.ts';
import type { Listening } from '../../src/http/listen.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { administrator, subject } from '../graphql/people.ts';
import { ENDPOINT, headersOf, receive, send } from './send.ts';
import { schemaWith } from './test-schema.ts';

let at: TestGateway;
let listening: Listening;
let wrote = 0;
const ann = subject('cp', 'ann');
const BODY = JSON.stringify({ query: '{ viewer { id } }' });

beforeAll(async () => {
  const schema = schemaWith({ write: () => String((wrote += 1)) }, 'write: String', 'Mutation');
  at = await openGateway({ schema, limits: { headersMs: 300, requestMs: 600, checkingMs: 100 } });
  listening = await at.gateway.listen({ port: 0 });
});

afterAll(async () => {
  await listening[Symbol.asyncDispose]();
  await at[Symbol.asyncDispose]();
});

/** What a socket gets that sends some bytes, and then one more a tenth of a second, until it is closed. */
function dribble(start: string, rest: string): Promise<string> {
  const { port } = new URL(listening.url);
  const socket = connect(Number(port), '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (text) => (received += String(text)));
  socket.on('error', () => {});
  socket.write(start);
  let sent = 0;
  const timer = setInterval(() => socket.write(rest[sent++ % rest.length] ?? ''), 100);
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearInterval(timer);
      resolve(received);
    });
    socket.once('end', () => socket.destroy());
  });
}

const lines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

describe('G-03: a stranger', () => {
  test('gets one answer, whatever is in the body', async () => {
    const bodies = [
      BODY,
      '{ broken',
      JSON.stringify({ query: '{ nope' }),
      JSON.stringify({ query: '{ nope }' }),
      'x'.repeat(200_000),
    ];
    const answers = await Promise.all(
      bodies.map(async (body) => {
        const { status, text } = await receive(await at.gateway.fetch(new Request(ENDPOINT, { method: 'POST', body })));
        return [status, text];
      }),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.[0]).toBe(401);
  });

  test('gets it before the body has come', async () => {
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': '1000' };
      const asking = httpRequest(`${listening.url}/graphql`, { method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        asking.destroy();
      });
      asking.once('error', reject).flushHeaders();
    });
    expect(answer).toBe(401);
  });
});

test.each(['/graphql', '/nope', '/', '/graphiql'])('G-11: %s has no page', async (path) => {
  for (const headers of [{}, await headersOf(at, ann)]) {
    const { status, text } = await receive(
      await at.gateway.fetch(new Request(`http://localhost${path}`, { headers: { ...headers, accept: 'text/html' } })),
    );
    expect('authorization' in headers || path !== '/graphql' ? [404, 406] : [401]).toContain(status);
    expect(text).not.toMatch(/graphiql|playground|yoga|<html/i);
  }
});

describe('G-32: bodies', () => {
  const large = JSON.stringify({ query: '{ __typename }', variables: { x: 'x'.repeat(100_000) } });

  test('that are too large by what they say are refused', async () => {
    const response = await fetch(`${listening.url}/graphql`, {
      method: 'POST',
      headers: await headersOf(at, ann),
      body: large,
    });
    expect([response.status, await response.text()]).toEqual([413, expect.stringContaining('BODY_TOO_LARGE')]);
  });

  test('that turn out too large are refused', async () => {
    const body = new Blob([large]).stream();
    const init = { method: 'POST', headers: await headersOf(at, ann), body, duplex: 'half' };
    const response = await fetch(`${listening.url}/graphql`, init as RequestInit);
    expect([response.status, await response.text()]).toEqual([413, expect.stringContaining('BODY_TOO_LARGE')]);
  });

  test('of two lengths are refused', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 1,2\r\n${lines(await headersOf(at, ann))}\r\nab`;
    expect(await dribble(head, '')).toMatch(/^HTTP\/1.1 400/);
  });
});

describe('G-34: whoever is slow', () => {
  test('with headers is cut off', async () => {
    expect(await dribble('POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ', 'a')).toMatch(/^(HTTP\/1.1 408|$)/);
  });

  test('with a body is cut off', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n${lines(await headersOf(at, ann))}\r\n`;
    expect(await dribble(head, ' ')).toMatch(/^(HTTP\/1.1 408|$)/);
  });

  test('headers that are too long are refused', async () => {
    const response = await fetch(`${listening.url}/healthz`, { headers: { 'x-long': 'a'.repeat(20_000) } });
    expect(response.status).toBe(431);
  });
});

test('G-37: GET changes nothing', async () => {
  wrote = 0;
  const headers = await headersOf(at, ann);
  const url = `${ENDPOINT}?query=${encodeURIComponent('mutation { write }')}`;
  expect((await at.gateway.fetch(new Request(url, { headers }))).status).toBe(405);
  expect(wrote).toBe(0);
});

const mutation = 'mutation { write }';
const multipart =
  '--b\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query":"mutation { write }"}\r\n--b\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--b--\r\n';
test.each([
  ['application/x-www-form-urlencoded', `query=${encodeURIComponent(mutation)}`],
  ['multipart/form-data; boundary=b', multipart],
  ['text/plain', JSON.stringify({ query: mutation })],
  ['', JSON.stringify({ query: mutation })],
  ['application/graphql', mutation],
  ['application/json; charset=latin1', JSON.stringify({ query: mutation })],
  ['application/jsonp', JSON.stringify({ query: mutation })],
  ['application/graphql+json', JSON.stringify({ query: mutation })],
])('G-39: a body of %s does nothing', async (type, body) => {
  wrote = 0;
  const { [CSRF_HEADER]: _csrf, 'content-type': _type, ...known } = await headersOf(at, ann);
  for (const [csrf, status] of [
    [{}, 403],
    [{ [CSRF_HEADER]: '1' }, 415],
  ] as const) {
    const headers = { ...known, ...csrf, ...(type === '' ? {} : { 'content-type': type }) };
    const request = new Request(ENDPOINT, { method: 'POST', headers, body: new TextEncoder().encode(body) });
    expect((await at.gateway.fetch(request)).status).toBe(status);
  }
  expect(wrote).toBe(0);
});

test('G-39: JSON without the header does nothing, and with it is executed', async () => {
  wrote = 0;
  expect(await send(at, ann, { query: mutation }, { [CSRF_HEADER]: '' })).toMatchObject({
    status: 403,
    codes: ['CSRF_HEADER_REQUIRED'],
  });
  expect(wrote).toBe(0);
  expect((await send(at, ann, { query: mutation })).data).toEqual({ write: '1' });
});

test.each(['https://evil.example', 'null'])('G-40: the origin %s is let in to nothing', async (origin) => {
  const preflight = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': CSRF_HEADER };
  for (const request of [
    new Request(ENDPOINT, { method: 'OPTIONS', headers: preflight }),
    new Request(ENDPOINT, { method: 'POST', headers: { ...(await headersOf(at, ann)), origin }, body: BODY }),
  ]) {
    const { headers } = await at.gateway.fetch(request);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('G-44, A-48: answers tell nothing of what stands behind them', async () => {
  const answers = [
    await at.gateway.fetch(new Request('http://localhost/healthz')),
    await at.gateway.fetch(new Request('http://localhost/nope')),
    await at.gateway.fetch(new Request('http://localhost/%zz')),
    await at.gateway.fetch(new Request(ENDPOINT, { method: 'POST', headers: await headersOf(at, ann), body: BODY })),
    await at.gateway.fetch(
      new Request(ENDPOINT, { method: 'POST', headers: await headersOf(at, administrator('cp')), body: '{' }),
    ),
    await fetch(`${listening.url}/healthz`),
  ];
  for (const response of answers) {
    const { text, headers } = await receive(response);
    const all = `${text}\n${[...headers].map(([name, value]) => `${name}: ${value}`).join('\n')}`;
    expect(all).not.toMatch(
      /x-powered-by|server:|server-timing|fastify|yoga|tracing|exception|postgres|\/tmp|node_modules/i,
    );
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('G-47: the document in the body is the one that is executed', async () => {
  const url = `${ENDPOINT}?query=${encodeURIComponent('{ viewer { kind } }')}`;
  const request = new Request(url, { method: 'POST', headers: await headersOf(at, ann), body: BODY });
  expect((await receive(await at.gateway.fetch(request))).data).toEqual({ viewer: { id: 'ann' } });
});

test('G-57: there is nothing to subscribe to, and no stream is answered with', async () => {
  const { status, codes } = await send(at, ann, { query: 'subscription { viewer { id } }' });
  expect([status, codes.length > 0]).toEqual([400, true]);
  expect((await send(at, ann, BODY, { accept: 'text/event-stream' })).status).toBe(406);
  const { headers } = await send(at, ann, BODY, { accept: 'text/event-stream, */*' });
  expect(headers.get('content-type')).toContain('application/json');
});

test('A-10: a token in an address is no token', async () => {
  const { authorization = '' } = await headersOf(at, ann);
  const token = authorization.replace('Bearer ', '');
  for (const name of ['access_token', 'token', 'authorization']) {
    const url = `${ENDPOINT}?${name}=${encodeURIComponent(token)}&query=%7B__typename%7D`;
    expect((await at.gateway.fetch(new Request(url, { headers: { [CSRF_HEADER]: '1' } }))).status).toBe(401);
  }
});
