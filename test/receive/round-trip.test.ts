import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpack } from '../bundle/unpack.ts';
import { openReceiver, SAMPLE_TENANTS, type Receiver } from './receiver.ts';

let at: Receiver;

beforeAll(async () => {
  at = await openReceiver();
});

afterAll(() => at[Symbol.asyncDispose]());

/** What a person carries along; since when an address is held is each store's own to say. */
const carried = (data: ReadonlyMap<string, unknown>): unknown =>
  JSON.parse(
    JSON.stringify(Object.fromEntries(data), (key, value: unknown) => (key === 'heldSince' ? undefined : value)),
  );

describe.each(SAMPLE_TENANTS)('the person of the samples of $id', (tenant) => {
  let subjectId = '';

  beforeAll(async () => {
    subjectId = await at.seedSamples(tenant);
  });

  test.each(['ZIP', 'JSON'] as const)('takes along everything portable as %s', async (format) => {
    const receiving = `${tenant.id}-${format.toLowerCase()}`;
    await at.addTenant(receiving, tenant.policyCode);
    const sent = await at.bundle(tenant.id, subjectId, 'PORTABILITY', format);
    const report = await at.receive(receiving, sent);
    expect(report).toMatchObject({ subjectId, subjectCreated: true, kid: at.key.kid, from: tenant.id });
    const before = await unpack(sent, format);
    const after = await unpack(await at.bundle(receiving, subjectId, 'PORTABILITY', format), format);
    expect(before.data.size).toBeGreaterThan(2);
    expect(carried(after.data)).toEqual(carried(before.data));
    if (format === 'JSON') return;
    expect(carried(after.context)).toEqual(carried(before.context));
    const files = (entries: ReadonlyMap<string, Buffer>): object =>
      Object.fromEntries([...entries].filter(([path]) => path.startsWith('files/')));
    expect(files(after.entries)).toEqual(files(before.entries));
  });

  test.each(['ZIP', 'JSON'] as const)('has nothing twice after the same %s came twice', async (format) => {
    const receiving = `${tenant.id}-${format.toLowerCase()}`;
    const sent = await at.bundle(tenant.id, subjectId, 'PORTABILITY', format);
    const before = await at.everything();
    const again = await at.receive(receiving, sent);
    expect(await at.everything()).toEqual(before);
    expect(again).toMatchObject({ subjectId, subjectCreated: false, filled: {}, stubs: {}, files: 0 });
    for (const { inserted, unchanged } of Object.values(again.byDataset)) {
      expect(inserted).toBe(0);
      expect(unchanged).toBeGreaterThan(0);
    }
  });
});
