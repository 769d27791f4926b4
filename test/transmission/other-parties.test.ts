import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBundle } from '../../src/bundle/build.ts';
import { isPseudonym, pseudonymiser } from '../../src/bundle/other-parties.ts';
import { openMemory } from '../bundle/exporter.ts';
import { unpack, type Unpacked } from '../bundle/unpack.ts';
import { openReceiver, SAMPLE_TENANTS, type Receiver } from '../receive/receiver.ts';

let at: Receiver;

beforeAll(async () => {
  at = await openReceiver();
});

afterAll(() => at[Symbol.asyncDispose]());

const key = Buffer.alloc(32, 7);

describe.each(SAMPLE_TENANTS)('what the person of the samples of $id sends on', (tenant) => {
  let subjectId = '';
  let bytes: Buffer;
  let named: Unpacked;
  let sent: Unpacked;

  beforeAll(async () => {
    subjectId = await at.seedSamples(tenant);
    const build = async (otherParties?: { readonly key: Uint8Array }): Promise<Buffer> => {
      const memory = openMemory();
      const request = { tenantId: tenant.id, subjectId, scope: 'PORTABILITY', format: 'ZIP' } as const;
      await buildBundle(
        at.sources,
        { ...request, ...(otherParties === undefined ? {} : { otherParties }) },
        memory.destination,
      );
      return memory.bytes();
    };
    named = await unpack(await build(), 'ZIP');
    bytes = await build({ key });
    sent = await unpack(bytes, 'ZIP');
  });

  test('is verified and taken in, once', async () => {
    const receiving = `${tenant.id}-sent`;
    await at.addTenant(receiving, tenant.policyCode);
    const report = await at.receive(receiving, bytes);
    expect(report).toMatchObject({ subjectId, from: tenant.id, kid: at.key.kid });
    expect(Object.keys(report.byDataset).length).toBeGreaterThan(2);
    const again = await at.receive(receiving, bytes);
    for (const { inserted } of Object.values(again.byDataset)) expect(inserted).toBe(0);
  });

  test('names nobody else, in no file of the archive', () => {
    const own = new Set((named.data.get('identifiers') ?? []).map(({ value }) => value));
    const others = new Set(
      [...named.data.values()]
        .flat()
        .filter(({ thirdParty }) => thirdParty === true)
        .flatMap((row) => Object.values(row))
        .filter((value): value is string => typeof value === 'string' && /^\+\d{7,15}$/.test(value) && !own.has(value)),
    );
    if (named.data.has('call-records')) expect(others.size).toBeGreaterThan(0);
    for (const number of others) expect(sent.text.includes(number), tenant.id).toBe(false);
    for (const path of sent.entries.keys()) expect(path).not.toMatch(/^files\/recordings\//);
  });

  test('has as many rows as the person’s own copy', () => {
    const counts = ({ data }: Unpacked): object =>
      Object.fromEntries([...data].map(([name, rows]) => [name, rows.length]));
    expect(counts(sent)).toEqual(counts(named));
  });
});

test('one party has one pseudonym, two have two, and one’s own number stays', () => {
  const pseudonymise = pseudonymiser({ key }, new Set(['+31201234567']));
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, other) => {
      const [first, second] = [pseudonymise(one, 'phone'), pseudonymise(other, 'phone')];
      expect(first === second).toBe(one === other);
      for (const format of ['phone', 'name', 'email'] as const)
        expect(isPseudonym(pseudonymise(one, format) ?? one)).toBe(true);
    }),
  );
  expect(pseudonymise('+31201234567', 'phone')).toBeNull();
  expect(pseudonymise(null, 'phone')).toBeNull();
});
