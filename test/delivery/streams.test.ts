import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDelivery, type Delivery, type Opened } from '../../src/delivery/delivery.ts';
import { DELIVERY_LIMITS, type DeliveryLimits } from '../../src/delivery/limits.ts';
import { revokeLink } from '../../src/delivery/links.ts';
import type { Listening } from '../../src/http/listen.ts';
import { withTransaction } from '../../src/store/session.ts';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, sha256Of, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

interface Served extends AsyncDisposable {
  readonly on: TestDelivery;
  readonly ann: Record<string, string>;
  ready(bytes: number): Promise<ReadyBundle & { readonly url: string }>;
  /** Changes the rows of a bundle behind everybody's back. */
  change(what: string, bundleId: string): Promise<unknown>;
}

async function openServed(limits: Partial<DeliveryLimits> = {}): Promise<Served> {
  const on = await openTestDelivery({ limits });
  const listening: Listening = await on.at.gateway.listen({ port: 0 });
  return {
    on,
    ann: await on.as(subject('cp', 'ann')),
    async ready(bytes) {
      const bundle = await on.publish('ann', { bytes: randomBytes(bytes) });
      return { ...bundle, url: `${listening.url}${await on.link(bundle)}/file` };
    },
    change: (what, bundleId) =>
      on.at.pool.query(`UPDATE ${what} WHERE ${what.startsWith('download_link') ? 'bundle_id' : 'id'} = $1`, [
        bundleId,
      ]),
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      await on[Symbol.asyncDispose]();
    },
  };
}

let served: Served;

beforeAll(async () => {
  served = await openServed({ waitMs: 500 });
});

afterAll(() => served[Symbol.asyncDispose]());

/** More than all buffers on the way hold, so that a connection is still open when a test turns to it. */
const LARGE = 24 * 2 ** 20;

/** A connection of which nothing is read until somebody does. */
async function open(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage];
  response.pause();
  response.on('error', () => {});
  return response;
}

async function read(response: IncomingMessage, atLeast = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length >= atLeast) break;
    }
  } catch {
    // Cut: what came until then counts.
  }
  return Buffer.concat(chunks);
}

/** How often this process has the file of a bundle open. */
const beingRead = ({ key }: ReadyBundle): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).endsWith(key);
    } catch {
      return false;
    }
  }).length;

const outcomeOf = async ({ bundleId }: ReadyBundle): Promise<(string | null)[]> =>
  (await served.on.at.prisma.download.findMany({ where: { bundleId } })).map(({ outcome }) => outcome);

test('D-11: of twenty first GETs at once exactly one gets the bytes', async () => {
  const bundle = await served.ready(LARGE);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const response = await open(bundle.url, served.ann);
      // The one is read only when the others have their answer.
      if (response.statusCode !== 200) response.resume();
      return response;
    }),
  );
  const [first, ...others] = answers.filter(({ statusCode }) => statusCode === 200);
  expect(others).toEqual([]);
  expect(answers.filter(({ statusCode }) => statusCode === 409)).toHaveLength(19);
  if (first !== undefined) expect(sha256Of(await read(first))).toBe(bundle.sha256);
  await expect.poll(() => outcomeOf(bundle)).toEqual(['COMPLETE']);
});

test('D-11: of two processes one sends', async () => {
  const { desk } = served.on;
  const bundle = await served.ready(LARGE);
  await using one = openDelivery(desk);
  await using other = openDelivery(desk);
  const { id: linkId } = await served.on.at.prisma.downloadLink.findFirstOrThrow({
    where: { bundleId: bundle.bundleId },
  });
  const by = { actor: subject('cp', 'ann'), session: 'session', network: '127.0.0.0/24' };
  const open = (delivery: Delivery): Promise<Opened> => delivery.open({ tenantId: 'cp', linkId }, by, null);
  const opened = await Promise.all([one, other, one, other, one, other].map(open));
  expect(opened.map(({ kind }) => kind).toSorted()).toEqual(['BUSY', 'BUSY', 'BUSY', 'BUSY', 'BUSY', 'BYTES']);
  for (const each of opened)
    if (each.kind === 'BYTES') {
      await each.body.cancel();
      await each.ended(false);
    }
  expect(await outcomeOf(bundle)).toEqual([null]);
});

test('D-10: the second whole download is refused, however soon after the first it comes', async () => {
  for (let index = 0; index < 10; index += 1) {
    const bundle = await served.ready(100_000);
    expect(sha256Of(await read(await open(bundle.url, served.ann)))).toBe(bundle.sha256);
    const second = await open(bundle.url, served.ann);
    second.resume();
    expect(second.statusCode).toBe(410);
  }
});

test('D-25: fifty times cut anywhere and gone on with, the bytes are those that were stored', async () => {
  const bundle = await served.ready(LARGE);
  const got: Buffer[] = [];
  let length = 0;
  for (let cut = 0; cut < 50; cut += 1) {
    const headers = { ...served.ann, ...(cut === 0 ? {} : { range: `bytes=${length}-` }) };
    const response = await open(bundle.url, headers);
    expect(response.statusCode).toBe(cut === 0 ? 200 : 206);
    const part = await read(response, 1 + ((cut * 7919) % 400_000));
    response.destroy();
    got.push(part);
    length += part.length;
    if (length >= LARGE) break;
  }
  if (length < LARGE) got.push(await read(await open(bundle.url, { ...served.ann, range: `bytes=${length}-` })));
  expect(sha256Of(Buffer.concat(got))).toBe(bundle.sha256);
  await expect.poll(() => outcomeOf(bundle)).toEqual(['COMPLETE']);
});

const REVOKED: readonly (readonly [string, (bundle: ReadyBundle) => Promise<unknown>])[] = [
  [
    'its person revokes it',
    async ({ bundleId }) => {
      const { id } = await served.on.at.prisma.downloadLink.findFirstOrThrow({ where: { bundleId } });
      return withTransaction(served.on.at.pool, 'cp', (writer) => revokeLink(writer, 'cp', id, 'ann'));
    },
  ],
  [
    'its row says that it is revoked',
    ({ bundleId }) => served.change('download_link SET revoked_at = now()', bundleId),
  ],
  [
    'its bundle is not ready any more',
    ({ bundleId }) => served.change("portability_bundle SET status = 'EXPIRED'", bundleId),
  ],
];

test.each(REVOKED)('D-13: a stream ends within a second when %s, even when nobody reads it', async (_how, revoke) => {
  const bundle = await served.ready(LARGE);
  const response = await open(bundle.url, served.ann);
  const part = await read(response, 100_000);
  await revoke(bundle);
  // The test itself is not timed: a stream is looked after so often that the second is kept.
  expect(DELIVERY_LIMITS.watchMs * 2).toBeLessThanOrEqual(1000);
  await expect.poll(() => beingRead(bundle)).toBe(0);
  const rest = await read(response);
  expect(part.length + rest.length).toBeLessThan(LARGE);
  const after = await open(bundle.url, served.ann);
  after.resume();
  expect(after.statusCode).toBe(410);
  expect(await outcomeOf(bundle)).not.toContain('COMPLETE');
});

test('who goes on takes over from the own connection, which stops', async () => {
  const bundle = await served.ready(LARGE);
  const first = await open(bundle.url, served.ann);
  const start = await read(first, 10_000);
  const second = await open(bundle.url, { ...served.ann, range: `bytes=${start.length}-` });
  expect(second.statusCode).toBe(206);
  expect(sha256Of(Buffer.concat([start, await read(second)]))).toBe(bundle.sha256);
  const rest = await read(first);
  expect(start.length + rest.length).toBeLessThan(LARGE);
});

test('D-31: a hundred connections that break off leave no file and no connection open', async () => {
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  const bundles = await Promise.all(Array.from({ length: 4 }, () => served.ready(2 ** 20)));
  const abort = async (bundle: { readonly url: string }): Promise<void> => {
    const response = await open(bundle.url, served.ann);
    await read(response, 1);
    response.destroy();
  };
  await Promise.all(bundles.map(abort));
  await expect.poll(async () => await served.on.at.prisma.download.count({ where: { stream: { not: null } } })).toBe(0);
  const before = openFiles();
  for (let round = 0; round < 25; round += 1) await Promise.all(bundles.map(abort));
  await expect.poll(async () => await served.on.at.prisma.download.count({ where: { stream: { not: null } } })).toBe(0);
  await expect.poll(openFiles).toBeLessThanOrEqual(before + 2);
});

test('D-32: slow readers take no more than their number of connections, are ended, and may go on', async () => {
  await using slow = await openServed({ streams: 3, patienceMs: 1500, leastBytesASecond: 10 ** 9, waitMs: 0 });
  const bundles = await Promise.all(Array.from({ length: 5 }, () => slow.ready(LARGE)));
  const answers = [];
  for (const bundle of bundles) answers.push(await open(bundle.url, slow.ann));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 503, 503]);
  expect(answers[4]?.headers['retry-after']).toBe('2');
  // Whoever asks for something else meanwhile is answered as if nobody were slow.
  for (let asked = 0; asked < 20; asked += 1)
    expect((await slow.on.at.ask(subject('cp', 'ben'), '{ viewer { id } }')).errors).toBeUndefined();
  for (const bundle of bundles.slice(0, 3)) await expect.poll(() => beingRead(bundle)).toBe(0);
  for (const response of answers) response.resume();
  const again = await open(bundles[4]?.url ?? '', slow.ann);
  expect(again.statusCode).toBe(200);
  again.destroy();
});
