import { expect, test } from 'vitest';
import { ReceivedRequest } from '../../src/http/received-request.ts';
import { TextResponse } from '../../src/http/text-response.ts';

const { signal } = new AbortController();
const received = (body: string | Uint8Array | null, type = 'application/json'): ReceivedRequest =>
  new ReceivedRequest({
    url: 'http://localhost/graphql?a=1',
    method: body === null ? 'GET' : 'POST',
    headers: new Headers({ 'content-type': type }),
    bytes: typeof body === 'string' ? Buffer.from(body) : body,
    signal,
  });

test('a request over what came says what a request of the platform says', async () => {
  const request = received('{"é":1}');
  expect(request).toBeInstanceOf(Request);
  expect([request.method, request.url, request.signal]).toEqual(['POST', 'http://localhost/graphql?a=1', signal]);
  expect(request.headers.get('content-type')).toBe('application/json');
  expect(await request.json()).toEqual({ é: 1 });
  expect(await request.text()).toBe('{"é":1}');
  expect(Buffer.from(await request.clone().arrayBuffer()).toString()).toBe('{"é":1}');
  expect(await (await received('{"é":1}').blob()).text()).toBe('{"é":1}');
  expect(Buffer.from(await received('a').bytes()).toString()).toBe('a');
  expect((await received('a=b', 'application/x-www-form-urlencoded').formData()).get('a')).toBe('b');
  expect(await new Response(received('streamed').body).text()).toBe('streamed');
});

test('its text is decoded as the platform decodes it, and without a body there is none', async () => {
  for (const bytes of [Buffer.from('\u{feff}{"a":1}'), Buffer.from([0x7b, 0xff, 0x7d])]) {
    const platform = new Request('http://localhost/', { method: 'POST', body: new Uint8Array(bytes) });
    expect(await received(bytes).text()).toBe(await platform.text());
  }
  await expect(received('{').json()).rejects.toThrow(SyntaxError);
  expect([received(null).body, await received(null).text()]).toEqual([null, '']);
});

test('with something changed it is the same request otherwise', async () => {
  const stop = new AbortController();
  const changed = received('{}').with({ signal: stop.signal });
  stop.abort();
  expect(changed.signal.aborted).toBe(true);
  expect([changed.method, await changed.text(), changed.headers.get('content-type')]).toEqual([
    'POST',
    '{}',
    'application/json',
  ]);
});

test('a response of text says what a response of the platform says', async () => {
  const init = { status: 201, headers: { 'content-type': 'application/json' } };
  const make = (): TextResponse => new TextResponse('{"é":1}', init);
  expect(make()).toBeInstanceOf(Response);
  expect([make().content, make().status, make().headers.get('content-type')]).toEqual([
    '{"é":1}',
    201,
    'application/json',
  ]);
  expect(await make().text()).toBe('{"é":1}');
  expect(await make().json()).toEqual({ é: 1 });
  expect(await new Response(make().body).text()).toBe('{"é":1}');
  expect(Buffer.from(await make().arrayBuffer()).toString()).toBe('{"é":1}');
  expect(Buffer.from(await make().bytes()).toString()).toBe('{"é":1}');
  expect(await (await make().blob()).text()).toBe('{"é":1}');
  const copy = make().clone();
  expect([copy.status, await copy.text()]).toEqual([201, '{"é":1}']);
  const read = make();
  await read.text();
  expect(read.bodyUsed).toBe(true);
});

test('a response of a stream keeps its stream, and one of nothing has no body', async () => {
  const streamed = new TextResponse(new Blob(['event: next']).stream());
  expect(streamed.content).toBeNull();
  expect(await streamed.clone().text()).toBe('event: next');
  expect(await streamed.text()).toBe('event: next');
  expect(new TextResponse(null, { status: 204 }).body).toBeNull();
});
