import { afterAll, beforeAll, expect, test } from 'vitest';
import { subject } from '../graphql/people.ts';
import { openTestDelivery, type ReadyBundle, type TestDelivery } from './open-delivery.ts';

let on: TestDelivery;
let ann: Record<string, string>;

beforeAll(async () => {
  on = await openTestDelivery();
  ann = await on.as(subject('cp', 'ann'));
});

afterAll(() => on[Symbol.asyncDispose]());

async function ready(): Promise<ReadyBundle & { readonly file: string; readonly page: string }> {
  const bundle = await on.publish('ann');
  const page = await on.link(bundle);
  return { ...bundle, page, file: `${page}/file` };
}

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
const statusOf = async (file: string, headers: Record<string, string> = ann): Promise<number> =>
  (await on.get(file, headers)).status;

test('D-17: an answer with bytes says how it is to be kept and shown', async () => {
  const { file, bundleId } = await ready();
  const { headers } = await on.get(file, ann);
  expect(Object.fromEntries(headers)).toMatchObject({
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': expect.stringMatching(/^sandbox\b/),
    'cross-origin-resource-policy': 'same-origin',
    'content-type': 'application/zip',
    'content-disposition': expect.stringMatching(/^attachment; filename="cp-access-\d{4}-\d\d-\d\d\.zip"$/),
    'accept-ranges': 'bytes',
    'content-length': '1000',
  });
  expect(JSON.stringify([...headers])).not.toContain(bundleId);
});

test('D-19, D-20: ranges are what RFC 9110 says', async () => {
  const { file, bytes } = await ready();
  const of = async (range: string): Promise<unknown> => {
    const response = await on.get(file, { ...ann, range });
    const { status, headers } = response;
    return [
      status,
      headers.get('content-range'),
      headers.get('content-length'),
      (await bytesOf(response)).toString('hex'),
    ];
  };
  const part = (start: number, end: number): unknown => [
    206,
    `bytes ${start}-${end}/1000`,
    String(end - start + 1),
    bytes.subarray(start, end + 1).toString('hex'),
  ];
  expect(await of('bytes=0-0')).toEqual(part(0, 0));
  expect(await of('bytes=-10')).toEqual(part(990, 999));
  expect(await of('bytes=20-')).toEqual(part(20, 999));
  const another = await ready();
  expect((await on.get(another.file, { ...ann, range: 'bytes=-2000' })).headers.get('content-range')).toBe(
    'bytes 0-999/1000',
  );
  const other = await ready();
  for (const range of ['bytes=1000-', 'bytes=-0', 'bytes=99999999999999999999-']) {
    const { status, headers } = await on.get(other.file, { ...ann, range });
    expect([range, status, headers.get('content-range')]).toEqual([range, 416, 'bytes */1000']);
  }
});

test.each(['bytes=5-4', 'bytes=a-b', 'bytes=-', 'items=0-1', 'bytes=0-1,5-6', 'bytes 0-1', 'bytes=0--1'])(
  'a Range of %s is passed over',
  async (range) => {
    const { file } = await ready();
    expect(await statusOf(file, { ...ann, range })).toBe(200);
  },
);

test('the last byte is where the range is clamped to', async () => {
  const { file } = await ready();
  const response = await on.get(file, { ...ann, range: 'bytes=999-5000' });
  expect([response.status, response.headers.get('content-range')]).toEqual([206, 'bytes 999-999/1000']);
});

test('D-23: If-Range holds for the same strong tag, and for nothing else', async () => {
  const { file, page } = await ready();
  const etag = (await on.get(file, ann, 'HEAD')).headers.get('etag') ?? '';
  const range = 'bytes=1-2';
  expect(await statusOf(file, { ...ann, range, 'if-range': etag })).toBe(206);
  for (const stale of ['"other"', `W/${etag}`, 'Sun, 22 Nov 2026 00:00:00 GMT']) {
    const { file: fresh } = await ready();
    expect([stale, await statusOf(fresh, { ...ann, range, 'if-range': stale })]).toEqual([stale, 200]);
  }
  expect(await statusOf(page)).toBe(200);
});

test('D-24: conditions are weighed before anything is used up', async () => {
  const bundle = await ready();
  const etag = (await on.get(bundle.file, ann, 'HEAD')).headers.get('etag') ?? '';
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const response = await on.get(bundle.file, { ...ann, 'if-none-match': tag });
    expect([response.status, (await bytesOf(response)).length, response.headers.get('etag')]).toEqual([304, 0, etag]);
  }
  for (const tag of ['"x"', `W/${etag}`]) expect(await statusOf(bundle.file, { ...ann, 'if-match': tag })).toBe(412);
  expect(await on.at.prisma.download.count({ where: { bundleId: bundle.bundleId } })).toBe(0);
  expect(await statusOf(bundle.file, { ...ann, 'if-match': `"x", ${etag}`, 'if-none-match': '"x"' })).toBe(200);
});

test('D-27: the tag is of the bytes alone, and shows nothing of where they lie', async () => {
  const first = await ready();
  const second = await on.publish('ben', { bytes: first.bytes });
  const [one, other] = [
    (await on.get(first.file, ann, 'HEAD')).headers.get('etag'),
    (await on.get(`${await on.link(second)}/file`, await on.as(subject('cp', 'ben')), 'HEAD')).headers.get('etag'),
  ];
  expect(one).toBe(other);
  expect(one).toMatch(/^"[\w-]{43}"$/);
});

test('HEAD tells what GET would, and uses nothing up', async () => {
  const { file } = await ready();
  const response = await on.get(file, { ...ann, range: 'bytes=0-1' }, 'HEAD');
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '1000', '']);
  expect(await statusOf(file)).toBe(200);
});
