import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Point } from './doom.ts';
import { startDoomed } from './doomed.ts';
import { aftermath, type Aftermath } from './aftermath.ts';
import { openOffice, type Office } from './office.ts';
import { file, sql } from './points.ts';

let office: Office;
let after: Aftermath;
beforeAll(async () => {
  office = await openOffice();
  after = aftermath(office);
});
afterAll(() => office[Symbol.asyncDispose]());

const FETCH = 'SKIP LOCKED';
const ACKNOWLEDGE = `state = 'completed'`;
/** What a build of fewer rows collects it does not note, but collects again. */
const MANY = 1100;
const POINTS: readonly [string, Point, number?][] = [
  ['after its job was taken', sql('AFTER', FETCH)],
  ['before its claim is committed', sql('BEFORE_COMMIT', 'INSERT INTO build_attempt')],
  ['after its claim is committed', sql('AFTER_COMMIT', 'INSERT INTO build_attempt')],
  ['before few rows are read', sql('BEFORE', 'SELECT "t"."subject_id", "t"."id"')],
  ['before the first of many rows is read', sql('BEFORE', 'COPY'), MANY],
  ['while a small archive is written', file('after', 'write')],
  ['while a large archive is written', file('after', 'write', null, 2), MANY],
  ['before it is noted that all is collected', file('before', 'appendFile', 'journal'), MANY],
  ['after it is noted that all is collected', file('after', 'appendFile', 'journal'), MANY],
  ['before the object is durable', file('before', 'sync')],
  ['after the object is durable', file('after', 'sync')],
  ['before the object gets its name', file('before', 'rename', 'bundles')],
  ['after the object got its name', file('after', 'rename', 'bundles')],
  ['before the bundle is recorded', sql('BEFORE', 'INSERT INTO portability_bundle')],
  ['before the bundle is published', sql('BEFORE_COMMIT', 'INSERT INTO portability_bundle')],
  ['after the bundle was published', sql('AFTER_COMMIT', 'INSERT INTO portability_bundle')],
  ['before the job is done with', sql('BEFORE', ACKNOWLEDGE)],
  ['after the job is done with', sql('AFTER', ACKNOWLEDGE)],
];

describe('U-01: a worker that is killed', () => {
  test.each(POINTS)(
    '%s loses no request, and leaves one bundle, one notice and nothing else',
    async (_, point, calls) => {
      const person = await after.somebody(calls);
      const request = await office.ask('cr', person);
      const { child, ended } = startDoomed(office, { point });
      onTestFinished(() => void child.kill('SIGKILL'));
      const { signal, told } = await ended;
      expect({ signal, told }).toEqual({ signal: 'SIGKILL', told: '' });
      await after.rescue([request]);
      await after.isWhole([{ request, person }]);
    },
  );
});
