import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openExporter, SCOPES, type Exporter, type TenantId } from './exporter.ts';
import type { Unpacked } from './unpack.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  for (const tenantId of ['ct', 'cn', 'cx']) {
    await at.prisma.subject.create({ data: { tenantId, id: 'bob' } });
    await at.prisma.organisation.create({ data: { tenantId, id: 'licensee', sourceSystem: 'seed', name: 'Licensee' } });
  }
});

afterAll(() => at[Symbol.asyncDispose]());

describe('what only the controller may confirm', () => {
  // Each pair: the same person with and without data that the operator only processes, or that it may not confirm.
  const processed = {
    'calls that a contractor’s customer made to the person': {
      tenantId: 'ct',
      seed: (id: string) => addCallTo('ct', id),
    },
    'calls that an account holder of CallNex made to the person': {
      tenantId: 'cn',
      seed: (id: string) => addCallTo('cn', id),
    },
    'the record that a licensee of Callrix keeps of the person': {
      tenantId: 'cx',
      seed: async (id: string) => {
        await at.prisma.endUser.create({
          data: {
            tenantId: 'cx',
            id: `end_${id}`,
            subjectId: id,
            sourceSystem: 'seed',
            organisationId: 'licensee',
            data: { name: 'x' },
          },
        });
      },
    },
    'a call that a licensee’s platform carried': {
      tenantId: 'cx',
      seed: async (id: string) => {
        await at.prisma.callRecord.create({
          data: {
            tenantId: 'cx',
            id: `room_${id}`,
            subjectId: id,
            sourceSystem: 'seed',
            startedAt: new Date('2026-11-01T00:00:00Z'),
            calledNumber: '+31201234567',
            realtimeSessionId: 'room-1',
          },
        });
      },
    },
  } satisfies Record<string, { tenantId: TenantId; seed: (id: string) => Promise<void> }>;

  let next = 0;
  test.each(Object.entries(processed).flatMap(([name, how]) => SCOPES.map((scope) => [name, scope, how] as const)))(
    '%s: the %s bundle is the same as if there were none',
    async (_name, scope, { tenantId, seed }) => {
      const id = `person_${(next += 1)}`;
      await at.prisma.subject.create({ data: { tenantId, id } });
      await at.prisma.subjectIdentifier.create({
        data: {
          tenantId,
          id: `phone_${id}`,
          subjectId: id,
          sourceSystem: 'seed',
          kind: 'PHONE',
          value: `+3161000000${next}`,
        },
      });
      const before = await at.export(tenantId, id, scope, 'JSON');
      await seed(id);
      const after = await at.export(tenantId, id, scope, 'JSON');
      expect(after.manifest.omissions).toEqual(before.manifest.omissions);
      expect(after.manifest.datasets).toEqual(before.manifest.datasets);
      expect(withoutSnapshot(after)).toBe(withoutSnapshot(before));
    },
  );

  async function addCallTo(tenantId: TenantId, id: string): Promise<void> {
    const phone = await at.prisma.subjectIdentifier.findFirstOrThrow({ where: { tenantId, subjectId: id } });
    await at.prisma.callRecord.create({
      data: {
        tenantId,
        id: `call_${id}`,
        subjectId: 'bob',
        sourceSystem: 'seed',
        startedAt: new Date('2026-11-01T00:00:00Z'),
        calledNumber: phone.value,
        counterpartNumber: phone.value,
        callingNumber: '+31687654321',
        durationSeconds: 12,
        status: 'ANSWERED',
      },
    });
  }

  function withoutSnapshot({ text, manifest }: Unpacked): string {
    return text.replaceAll(manifest.snapshot.id, 'SNAPSHOT');
  }
});
