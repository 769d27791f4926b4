import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/access/actor.ts';
import { CarryallError } from '../../src/errors.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { headersOf, send } from '../door/send.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { openTestDatabase } from '../support/database.ts';
import { openOffice, type Office } from './office.ts';

const SUBSCRIPTION = `subscription ($id: ID!) {
  requestProgress(id: $id) { status attempt stage rows expectedRows bytes }
}`;
const ann: Actor = { kind: 'SUBJECT', tenant: 'cr', subjectId: 'ann' };
const bob: Actor = { kind: 'SUBJECT', tenant: 'cr', subjectId: 'bob' };

let at: TestGateway;
let office: Office;
let url: string;
const parts = new AsyncDisposableStack();
beforeAll(async () => {
  const database = await openTestDatabase();
  at = parts.use(await openGateway({}, database));
  office = parts.use(await openOffice({ tenants: {}, database }));
  ({ url } = parts.use(await at.gateway.listen({ host: '127.0.0.1', port: 0 })));
  for (const person of ['ann', 'bob', 'cid']) await office.addPerson('cr', person);
});
afterAll(() => parts.disposeAsync());

interface Progress {
  readonly status: string;
  readonly attempt: number;
  readonly stage: string | null;
  readonly rows: number;
  readonly expectedRows: number | null;
  readonly bytes: number;
}

async function subscribe(actor: Actor, id: string, signal?: AbortSignal): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { ...(await headersOf(at, actor)), accept: 'text/event-stream' },
    body: JSON.stringify({ query: SUBSCRIPTION, variables: { id } }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What a stream tells: the payloads of its events. */
async function* eventsOf(
  response: Response,
): AsyncGenerator<{ data?: { requestProgress: Progress }; errors?: object[] }> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const [event, data] = [
        /^event: (.*)$/m.exec(text.slice(0, end))?.[1],
        /^data: (.*)$/m.exec(text.slice(0, end))?.[1],
      ];
      text = text.slice(end + 2);
      if (event === 'complete') return;
      if (event === 'next' && data !== undefined) yield JSON.parse(data) as never;
    }
  }
}

test('U-38: a watched request shows its attempts, goes back only with another of them, and the stream ends with it', async () => {
  const request = await office.ask('cr', 'ann');
  const response = await subscribe(ann, request);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const { storage } = office.process.desk;
  const told: Progress[] = [];
  let tries = 0;
  const slow = {
    ...storage,
    async write(...[key, fill]: Parameters<typeof storage.write>) {
      tries += 1;
      while (!told.some(({ attempt }) => attempt === tries)) await pause(50);
      if (tries === 1) throw new CarryallError('OUTPUT_FAILED', 'The first fails.');
      return storage.write(key, fill);
    },
  };
  {
    await using _ = startWorker({ ...office.process.desk, storage: slow }, office.process.boss, {
      concurrency: 1,
      pollMs: 50,
    });
    for await (const { data } of eventsOf(response)) told.push(data!.requestProgress);
  }
  expect(told.at(-1)).toMatchObject({ status: 'READY', attempt: 2, rows: 21, expectedRows: 21 });
  expect(told.at(-1)!.bytes).toBeGreaterThan(1000);
  expect(new Set(told.map(({ attempt }) => attempt))).toEqual(new Set([0, 1, 2]));
  told.reduce((before, after) => {
    expect(after.attempt).toBeGreaterThanOrEqual(before.attempt);
    if (after.attempt === before.attempt) expect(after.rows).toBeGreaterThanOrEqual(before.rows);
    return after;
  });
  const { data } = await at.ask(ann, `{ request(id: "${request}") { status progress { attempt stage rows } } }`);
  expect(data).toEqual({ request: { status: 'READY', progress: { attempt: 2, stage: 'FINISHING', rows: 21 } } });
});

test("another person's request is not there", async () => {
  const request = await office.ask('cr', 'bob');
  const events = await Array.fromAsync(eventsOf(await subscribe(ann, request)));
  expect(events).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
});

test('what is not told of as it happens is answered in JSON, and the other way round', async () => {
  const asked = await send(at, ann, { query: '{ viewer { __typename } }' }, { accept: 'text/event-stream' });
  expect(asked).toMatchObject({ status: 406, codes: ['NOT_ACCEPTABLE'] });
  const once = await send(at, ann, { query: SUBSCRIPTION, variables: { id: 'req_none' } });
  expect(once).toMatchObject({ status: 406, codes: ['NOT_ACCEPTABLE'] });
});

test('who goes away is not watched for any more', async () => {
  const request = await office.ask('cr', 'cid');
  const gone = new AbortController();
  const response = await subscribe({ ...bob, subjectId: 'cid' }, request, gone.signal);
  const events = eventsOf(response);
  await events.next();
  const polls = () => at.statements().filter((text) => text.includes('LEFT JOIN build_attempt')).length;
  await expect.poll(polls).toBeGreaterThan(0);
  gone.abort();
  await expect(events.next()).rejects.toThrow();
  await expect
    .poll(
      async () => {
        polls();
        await pause(2500);
        return polls();
      },
      { timeout: 30_000 },
    )
    .toBe(0);
});

test('of one caller five watch at a time, and the first gives way', async () => {
  const request = (
    await office.rows<{ id: string }>(`SELECT id FROM data_subject_request WHERE subject_id = 'bob' LIMIT 1`)
  )[0]!.id;
  const first = eventsOf(await subscribe(bob, request));
  await first.next();
  const others = await Promise.all(Array.from({ length: 5 }, () => subscribe(bob, request)));
  expect(await first.next()).toMatchObject({ done: true });
  await Promise.all(others.map((each) => each.body!.cancel()));
});
