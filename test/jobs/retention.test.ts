import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { doChore } from '../../src/jobs/chores.ts';
import { retentionChore, sweepExpired, type RetentionDesk } from '../../src/jobs/retention.ts';
import { openOffice, type Office } from './office.ts';

let office: Office;
let desk: RetentionDesk;

beforeAll(async () => {
  office = await openOffice({ tenants: { cr: 'CR', cp: 'CP' } });
  const { audit, sources } = office.process.desk;
  desk = { ...sources, pool: office.database.pool, audit };
  for (const tenant of ['cr', 'cp']) for (const id of ['ann', 'bob']) await office.addPerson(tenant, id, id, 1);
});
afterAll(() => office[Symbol.asyncDispose]());

const OLD = ['ann', 'bob'].flatMap((person) => [1, 2].map((number) => ({ person, id: `old_${person}_${number}` })));

beforeEach(async () => {
  await office.prisma.callRecord.createMany({
    data: ['cr', 'cp'].flatMap((tenantId) =>
      OLD.map(({ person: subjectId, id }) => ({
        tenantId,
        subjectId,
        id,
        sourceSystem: 'test',
        startedAt: new Date('2015-01-01T00:00:00Z'),
      })),
    ),
    skipDuplicates: true,
  });
});

const left = (tenantId: string): Promise<string[]> =>
  office
    .rows<{ id: string }>('SELECT id FROM call_record WHERE tenant_id = $1 ORDER BY id', [tenantId])
    .then((rows) => rows.map(({ id }) => id));
const YOUNG = ['call_ann_0', 'call_bob_0'];
const ALL = [...YOUNG, ...OLD.map(({ id }) => id)];
const entries = (tenantId: string) =>
  office.rows<{ actor_kind: string; subject_id: string | null; detail: object }>(
    `SELECT actor_kind, subject_id, detail FROM audit_event WHERE tenant_id = $1 AND action = 'SWEEP' ORDER BY seq`,
    [tenantId],
  );
const fail = (error: unknown): void => {
  throw error;
};

test('what has expired is deleted for each tenant, with an entry of how many rows of which dataset, and of nobody', async () => {
  await doChore(office.database.pool, retentionChore(desk), fail);
  for (const tenant of ['cr', 'cp']) {
    expect(await left(tenant)).toEqual(YOUNG);
    expect(await entries(tenant)).toEqual([
      {
        actor_kind: 'GATEWAY',
        subject_id: null,
        detail: { step: 'EXPIRED_DELETED', rows: 4, deleted: ['call-records:4'] },
      },
    ]);
  }
});

test('a sweep that deletes nothing leaves no entry', async () => {
  await doChore(office.database.pool, retentionChore(desk), fail);
  const before = await entries('cr');
  await doChore(office.database.pool, retentionChore(desk), fail);
  expect(await entries('cr')).toEqual(before);
});

test('what cannot be put on record is not deleted', async () => {
  await office.rows('ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (false) NOT VALID');
  await expect(sweepExpired(desk, { kind: 'GATEWAY', tenant: 'cr' })).rejects.toThrow();
  await office.rows('ALTER TABLE audit_event DROP CONSTRAINT full_disk');
  expect(await left('cr')).toEqual(ALL);
});

test('who has asked for a copy and waits for it keeps theirs until it is there', async () => {
  await office.ask('cr', 'ann');
  const by = { kind: 'OPERATOR', tenant: 'cr', operatorId: 'desk' } as const;
  expect(await sweepExpired(desk, by)).toEqual({ deleted: { 'call-records': 2 } });
  expect(await left('cr')).toEqual([...YOUNG, 'old_ann_1', 'old_ann_2']);
  expect((await entries('cr')).at(-1)).toMatchObject({ actor_kind: 'OPERATOR', detail: { rows: 2 } });
});
