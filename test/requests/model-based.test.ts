import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Writer } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import { NOW } from '../graphql/open-gateway.ts';
import {
  actCommand,
  fileCommand,
  nextCommand,
  RIGHTS,
  tickCommand,
  type Command,
  type Real,
} from './model-commands.ts';
import { ACTS, isWaiting, UNSEEN_COPIES, type ActName, type Model } from './model.ts';
import { modelBundles } from './model-bundles.ts';
import { openDesk, type TestDesk } from './open-desk.ts';

let at: TestDesk;

beforeAll(async () => {
  at = await openDesk();
});

afterAll(() => at[Symbol.asyncDispose]());

const right = fc.constantFrom(...RIGHTS);
const which = fc.nat(2);
const often = (...names: readonly ActName[]): fc.Arbitrary<Command> =>
  fc.tuple(fc.constantFrom(...names), which).map(([name, index]) => actCommand(name, index));
const next = which.map(nextCommand);
// What leads on comes more often, or no run would get far.
const commands = fc.commands<Model, Real, false>(
  [
    right.map((each) => fileCommand(each, true)),
    right.map((each) => fileCommand(each, false)),
    next,
    next,
    next,
    next,
    often('approve', 'crash', 'zombie', 'fail'),
    often('lose', 'find', 'recall', 'retryByStaff'),
    often('link', 'revoke', 'download', 'stale'),
    often('expire', 'cancel', 'refuse', 'answer', 'extend'),
    // No sum of these comes near to a month, where weekends would count.
    fc.constantFrom(1, 40).map(tickCommand),
  ],
  { maxCommands: 6, size: 'max' },
);

/** People who ask at the same time. */
const AT_ONCE = 4;
const RUNS = 1000;
let people = 0;
const done = new Map<ActName, number>();

/** Runs one sequence for somebody of its own, who has asked for something. */
async function run(sequence: Iterable<Command>, tenant: Real['tenant']): Promise<void> {
  const subjectId = `person-${(people += 1)}`;
  await at.within(tenant, async (writer) => {
    await writer.execute(sql`INSERT INTO subject (tenant_id, id, created_at) VALUES (${tenant}, ${subjectId}, ${NOW})`);
    await writer.execute(sql`INSERT INTO account (tenant_id, id, source_system, subject_id, created_at)
      VALUES (${tenant}, ${subjectId}, 'test', ${subjectId}, ${NOW})`);
  });
  const builds: string[] = [];
  const model: Model = { day: 0, requests: [] };
  const clock = { now: () => new Date(NOW.getTime() + model.day * 86_400_000) };
  const queue = { enqueue: async (_writer: Writer, build: { requestId: string }) => void builds.push(build.requestId) };
  const limits = { ...at.desk.limits, copiesPerSubject: UNSEEN_COPIES };
  const desk = { ...at.desk, clock, queue, limits };
  const real = { tenant, subjectId, builds, done, desk, bundles: modelBundles(desk, tenant, subjectId) };
  await fileCommand(tenant === 'cp' ? 'ACCESS' : 'ERASURE', true).run(model, real);
  await fc.asyncModelRun(() => ({ model, real }), sequence);
  await expectSame(model, real);
}

/** Rows, history, queue and audit log say what the model says. */
async function expectSame({ requests }: Model, { tenant, subjectId, builds, bundles }: Real): Promise<void> {
  const { rows } = await at.pool.query<{ id: string; open: boolean }>(
    `SELECT r.id, r.status, r.attempt, r.closed_at IS NULL AS open, r.extended_at IS NOT NULL AS extended,
       ARRAY(SELECT step FROM request_step s WHERE s.tenant_id = r.tenant_id AND s.request_id = r.id ORDER BY s.id) AS steps,
       ARRAY(SELECT e.detail->>'step' FROM audit_event e WHERE e.tenant_id = r.tenant_id AND e.subject_id = r.subject_id
         AND e.detail->>'request' = r.id ORDER BY seq) AS audited
     FROM data_subject_request r WHERE r.tenant_id = $1 AND r.subject_id = $2`,
    [tenant, subjectId],
  );
  const expected = requests.map((request) => ({
    id: request.id,
    status: request.status,
    attempt: request.attempt,
    open: isWaiting(request),
    extended: request.isExtended,
    steps: request.steps,
    audited: request.steps,
  }));
  expect(new Map(rows.map((row) => [row.id, row]))).toEqual(new Map(expected.map((each) => [each.id, each])));
  const links = requests.flatMap(({ id, links: count }) => Array<string>(count).fill(id));
  expect(await bundles.linked()).toEqual(links.toSorted());
  for (const { id, builds: wanted } of requests) expect(builds.filter((each) => each === id)).toHaveLength(wanted);
}

/** All that can be done, each at least once; by chance alone a thousand runs may miss one. */
function everyAct(): Command[] {
  const first = (...names: readonly ActName[]): Command[] => names.map((name) => actCommand(name, 0));
  return [
    ...first('build', 'crash', 'build', 'publish', 'lose', 'find', 'recall', 'retryByStaff', 'fail', 'retry', 'extend'),
    ...first('build', 'publish', 'link', 'revoke', 'link', 'download', 'expire'),
    fileCommand('PORTABILITY', false),
    actCommand('prove', 1),
    ...(['answer', 'refuse', 'cancel', 'approve'] as const).flatMap((name, index) => [
      fileCommand('ERASURE', true),
      actCommand(name, 2 + index),
    ]),
  ];
}

test('U-39: whatever is done to requests, in any order, they are what a plain model says', async () => {
  await run(everyAct(), 'cp');
  await fc.assert(
    fc.asyncProperty(fc.array(commands, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (sequences) => {
      await Promise.all(sequences.map((sequence, index) => run(sequence, index % 2 === 0 ? 'cp' : 'other')));
    }),
    { numRuns: RUNS / AT_ONCE },
  );
  // A thing that was never possible would show little.
  const all = Object.keys(ACTS).filter((name) => name !== 'zombie' && name !== 'stale');
  expect([...done.keys()].toSorted()).toEqual(all.toSorted());
});
