import { expect, test } from 'vitest';
import { record } from '../../src/audit/append.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { recordOfProcessing } from '../../src/policy/record-of-processing.ts';
import { look, openTestLog } from '../audit/open-log.ts';
import { runCli } from '../cli/run-cli.ts';

test.each(loadPolicies().policies.map((policy) => [policy.code, policy] as const))(
  'L-24: the record of %s has every item under each of its purposes, with its recipients, and nothing else',
  (_code, policy) => {
    const { activities } = recordOfProcessing(policy);
    for (const item of policy.items) {
      const role = policy.roles.find(({ id }) => id === item.role);
      for (const purpose of item.purposes) {
        const found = activities.filter(
          (each) => each.purpose === purpose && each.role === role?.holder && each.categories.includes(item.category),
        );
        expect(found, `${item.id} for ${purpose}`).not.toEqual([]);
        const recipients = found.flatMap((each) => each.recipients.map(({ id }) => id));
        expect(recipients).toEqual(expect.arrayContaining(item.recipients));
      }
    }
    const categories = new Set(policy.items.map(({ category }) => category));
    expect(activities.flatMap((each) => each.categories).filter((category) => !categories.has(category))).toEqual([]);
    expect(new Set(activities.map(({ purpose }) => purpose))).toEqual(
      new Set(policy.items.flatMap((item) => item.purposes)),
    );
  },
);

test('L-24: looks for purposes of the policy are told beside the record; one for another purpose fails it', async () => {
  await using log = await openTestLog();
  const cli = () =>
    runCli(['policy', 'record', '--tenant', 'acme'], { DATABASE_URL: log.database.url, CARRYALL_DATA: log.folder });
  await record(log.pool, log.keys, [look('sub_1', { purpose: 'CR-P1' }), look('sub_1', { purpose: 'CR-P1' })]);
  const sound = await cli();
  expect(sound).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(sound.out)).toMatchObject({ observed: [{ purpose: 'CR-P1', looks: 2 }], drift: [] });

  await record(log.pool, log.keys, [look('sub_1', { purpose: 'CR-P99' })]);
  const drifted = await cli();
  expect(drifted).toMatchObject({ code: 1, err: expect.stringContaining('CR-P99') });
  expect(JSON.parse(drifted.out)).toMatchObject({ drift: [{ purpose: 'CR-P99', looks: 1 }] });
});
