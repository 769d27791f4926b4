import { expect, test } from 'vitest';
import { PROVENANCES, RELATIONS } from '../../src/catalogue/vocabulary.ts';
import { eligibilityOf, portabilityCodeOf } from '../../src/policy/eligibility.ts';
import { book, named } from './the-five.ts';

/** The verdict on every item, read off the policy texts by hand: policy, verdict, item numbers. */
const EXPECTED: Record<string, Record<string, string>> = {
  CP: {
    YES: '01 02 05 08 09 10 16 17 18 19 32 36',
    NEVER: '03 13 24',
    ART15: '04 20 21 22 23 28 29 35 37 38',
    ART15_CTX: '06 07 30 31 33 34',
    YES_WHILE_CONTRACT: '11 12',
    REFER: '14 25 26 27',
    YES_20_4: '15',
  },
  CX: {
    YES: '01 02 03 04 05 36',
    NEVER: '06 07 29 30 31 33',
    REFER: '08',
    YES_WHILE_CONTRACT: '09 10',
    ART15: '11 12 13 14 15 16 17 20 21 22 23 24 25 26 27 32 37 38',
    YES_20_4: '18 19',
    NA: '28',
    ROUTE: '34 35',
  },
  CT: {
    YES_UNSTATED: '01 02 03 04 05 06 07 08 26 31 32 34 35',
    YES_WHILE_CONTRACT: '09 10 37',
    ART15_CTX: '11',
    NEVER: '12 27 28 30',
    ART15: '13 14 15 16 17 18 19 36 38 39',
    ROUTE: '20 21 22 23 24 25 29 33',
  },
  CN: {
    YES: '01 02 03 05 06 15 16 28 31',
    NEVER: '04 10',
    YES_WHILE_CONTRACT: '07 08 09',
    YES_20_4: '11 12 25 26 27',
    ART15: '13 14 17 18 19 20 21 22 23 24 32 33 34',
    NA: '29',
    REFER: '30',
  },
  CR: {
    YES_ASSUMED: '01 02 03 04 05 06 07 15 16 18 21',
    YES_20_4: '08 09 12 13 14 17 20',
    ART15_CTX: '10 11',
    ART15: '19',
  },
};

const rows = Object.entries(EXPECTED).flatMap(([code, verdicts]) =>
  Object.entries(verdicts).flatMap(([verdict, numbers]) =>
    numbers.split(' ').map((number) => [`${code}-${number}`, verdict] as const),
  ),
);

test('the table names each of the 170 items once', () => {
  expect(new Set(rows.map(([id]) => id)).size).toBe(170);
  expect(rows).toHaveLength(book.policies.flatMap((policy) => policy.items).length);
});

test.each(rows)('%s is %s, computed from basis, provenance, role and sensitivity', (id, verdict) => {
  const { policy, item } = named(id);
  expect(portabilityCodeOf(policy, item)).toBe(verdict);
});

test('only three verdicts are written down by hand, all of them retention triggers', () => {
  const overridden = book.policies.flatMap((policy) => policy.items.filter((item) => item.portability !== undefined));
  expect(new Set(overridden.map((item) => item.portability?.reason))).toEqual(new Set(['RETENTION_TRIGGER']));
  expect(overridden.map((item) => item.id).toSorted()).toEqual(['CN-32', 'CP-37', 'CX-37']);
});

test('what was derived, inferred, generated, received or given by someone else is portable for nobody', () => {
  for (const policy of book.policies)
    for (const item of policy.items)
      for (const relation of RELATIONS)
        for (const provenance of PROVENANCES)
          if (provenance !== 'PROVIDED' && provenance !== 'OBSERVED')
            expect(eligibilityOf(policy, item, { relation, provenance }).article).toBe('15');
});

test('a row may know better: an agent’s message is not portable, a role set by an admin neither', () => {
  const mail = named('CX-18');
  expect(eligibilityOf(mail.policy, mail.item, { relation: 'LICENSEE_CONTACT' })).toMatchObject({ article: '15+20' });
  expect(eligibilityOf(mail.policy, mail.item, { relation: 'LICENSEE_CONTACT', provenance: 'GENERATED' })).toEqual({
    article: '15',
    reason: 'GENERATED',
  });
  const role = named('CP-05');
  expect(eligibilityOf(role.policy, role.item, { relation: 'TEAM_MEMBER', provenance: 'PROVIDED_BY_OTHER' })).toEqual({
    article: '15',
    reason: 'PROVIDED_BY_OTHER',
  });
  const team = named('CP-04');
  expect(eligibilityOf(team.policy, team.item, { relation: 'ACCOUNT_HOLDER', provenance: 'PROVIDED' })).toMatchObject({
    article: '15+20',
  });
});

test('X55 a contact is portable for the account holder who named it, and not for the contact', () => {
  const { policy, item } = named('CR-08');
  expect(eligibilityOf(policy, item, { relation: 'ACCOUNT_HOLDER' })).toMatchObject({ article: '15+20' });
  expect(eligibilityOf(policy, item, { relation: 'CONTACT_PERSON' })).toEqual({
    article: '15',
    reason: 'PROVIDED_BY_OTHER',
  });
});
