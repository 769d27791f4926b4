import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Point } from '../jobs/doom.ts';
import { runKilled } from '../jobs/killed.ts';
import { addPerson } from '../graphql/people.ts';
import { openTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import type { DoomedFiler } from './doomed-filer.ts';
import { file, filingOf, openDesk, type TestDesk } from './open-desk.ts';

let at: TestDesk;
let folder: TemporaryFolder;

beforeAll(async () => {
  at = await openDesk();
  folder = openTemporaryFolder();
});

afterAll(async () => {
  folder[Symbol.dispose]();
  await at[Symbol.asyncDispose]();
});

const CHILD = new URL('doomed-filer.ts', import.meta.url);
const POINTS: readonly [string, string, Extract<Point, { kind: 'SQL' }>['when'], number][] = [
  ['before its key is kept', 'INSERT INTO idempotent_answer', 'BEFORE', 0],
  ['after its key was written', 'INSERT INTO idempotent_answer', 'AFTER', 0],
  ['after the request was written', 'INSERT INTO data_subject_request', 'AFTER', 0],
  ['before all of it is committed', 'INSERT INTO data_subject_request', 'BEFORE_COMMIT', 0],
  ['after all of it is committed, before anybody hears of it', 'INSERT INTO data_subject_request', 'AFTER_COMMIT', 1],
];

let people = 0;

test.each(POINTS)(
  'U-16: a process that files a request and is killed %s has filed all of it or nothing, and the same key gets one request',
  async (_, statement, when, filed) => {
    people += 1;
    const id = `filer-${people}`;
    await addPerson(at.prisma, 'cp', id);
    const given: DoomedFiler = {
      url: at.databaseUrl,
      folder: folder.path,
      now: at.desk.clock.now().toISOString(),
      filing: filingOf('cp', id, { key: 'again' }),
      point: { kind: 'SQL', statement, when },
    };
    await runKilled(CHILD, folder.path, given);
    const requests = () => at.prisma.dataSubjectRequest.findMany({ where: { tenantId: 'cp', subjectId: id } });
    const before = await requests();
    expect(before).toHaveLength(filed);
    const row = await file(at, 'cp', id, { key: 'again' });
    if (before[0] !== undefined) expect(row.id).toBe(before[0].id);
    expect(await requests()).toMatchObject([{ id: row.id, status: 'APPROVED' }]);
    // Nothing of it twice: neither its steps, nor what is told of it, nor what is on record.
    const steps = await at.prisma.requestStep.findMany({ where: { requestId: row.id }, orderBy: { id: 'asc' } });
    expect(steps.map(({ step }) => step)).toEqual(['FILE', 'ROUTE_BUILD']);
    expect(await at.prisma.notice.count({ where: { requestId: row.id, kind: 'REQUEST_RECEIVED' } })).toBe(1);
    expect(await at.prisma.auditEvent.count({ where: { subjectId: id, action: 'REQUEST' } })).toBe(2);
  },
);
