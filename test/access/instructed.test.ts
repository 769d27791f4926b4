import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInstructed, type InstructedUse } from '../../src/access/instructed.ts';
import { book, named } from '../policy/the-five.ts';

const { policy, item } = named('CT-22');
const purposes = ['DATA_SUBJECT_REQUEST', ...policy.purposes.map(({ id }) => id), 'TROUBLESHOOTING', 'BILLING', 'NONE'];
const use: fc.Arbitrary<InstructedUse> = fc.record({
  purpose: fc.constantFrom(...purposes),
  items: fc.subarray(['CT-20', 'CT-22', 'CT-24']),
});

test('without a controller, a purpose or an instruction of each controller nothing is instructed', () => {
  const uses = [{ purpose: 'CT-P9', items: ['CT-22'] }];
  expect(isInstructed(policy, item, 'CT-P9', [uses])).toBe(true);
  expect(isInstructed(policy, item, 'CT-P9', [])).toBe(false);
  expect(isInstructed(policy, item, null, [uses])).toBe(false);
  expect(isInstructed(policy, item, 'CT-P9', [uses, []])).toBe(false);
  expect(isInstructed(policy, item, 'CT-P8', [uses])).toBe(false);
  expect(isInstructed(policy, item, 'NONE', [[{ purpose: 'OTHER', items: ['CT-22'] }]])).toBe(false);
});

test('one more controller never opens anything, one more instruction never closes anything', () => {
  fc.assert(
    fc.property(fc.array(fc.array(use)), fc.array(use), fc.constantFrom(...purposes), (controllers, more, purpose) => {
      const before = isInstructed(policy, item, purpose, controllers);
      if (controllers.length > 0 && isInstructed(policy, item, purpose, [...controllers, more]))
        expect(before).toBe(true);
      const richer = controllers.map((uses) => [...uses, ...more]);
      if (before) expect(isInstructed(policy, item, purpose, richer)).toBe(true);
    }),
  );
});

test('an instruction for a class covers its purposes, and one for a purpose not the class', () => {
  expect(book.policyOf('CT').purposes.filter(({ classes }) => classes.includes('TROUBLESHOOTING')).length).toBe(3);
  const all = [[{ purpose: 'TROUBLESHOOTING', items: ['CT-22'] }]];
  const one = [[{ purpose: 'CT-P9', items: ['CT-22'] }]];
  expect(isInstructed(policy, item, 'CT-P9', all)).toBe(true);
  expect(isInstructed(policy, item, 'TROUBLESHOOTING', one)).toBe(false);
});
