import { assertType, expectTypeOf, test } from 'vitest';
import { catalogue } from '../../src/catalogue/catalogue.ts';
import type { Catalogue, Dataset, FieldEntry } from '../../src/catalogue/dataset.ts';
import { personal, system } from '../../src/catalogue/declare.ts';

const { Payout, ...withoutPayout } = catalogue;
const { paidAt: _paidAt, ...withoutPaidAt } = Payout.fields;

test('the catalogue as it is satisfies the datamodel', () => {
  assertType<Catalogue>(catalogue);
  expectTypeOf<Catalogue['Payout']>().toEqualTypeOf<Dataset<'Payout'>>();
});

test('a new column is a type error until it is declared', () => {
  // @ts-expect-error paidAt is a column of Payout and is not declared here
  assertType<Dataset<'Payout'>>({ ...Payout, fields: withoutPaidAt });
});

test('a new model is a type error until it is declared', () => {
  // @ts-expect-error Payout is a model and is not declared here
  assertType<Catalogue>(withoutPayout);
});

test('a misspelt column is a type error', () => {
  // @ts-expect-error there is no column paidOn
  const fields = { ...Payout.fields, paidOn: system('instant') } satisfies Dataset<'Payout'>['fields'];
  assertType(fields);
});

test('a misspelt item is a type error', () => {
  // @ts-expect-error no item is called payout.rekord
  assertType<FieldEntry<'Payout'>>(personal(['payout.rekord'], 'FINANCIAL', 'OBSERVED', 'amount'));
});

test('a declaration by the words of a column must answer for every word of it', () => {
  const provenance = {
    by: 'authorKind',
    of: { SUBJECT: 'PROVIDED', AGENT: 'GENERATED', SYSTEM: 'GENERATED' },
  } as const;
  // @ts-expect-error THIRD_PARTY has no answer
  assertType<FieldEntry<'Message'>>(personal(['comm.email'], 'COMMS_CONTENT', provenance, 'text'));
});

test('a subject is reached over a column that exists', () => {
  // @ts-expect-error Payout has no column ownerId
  assertType<Dataset<'Payout'>>({ ...Payout, subjects: { ACCOUNT_HOLDER: 'ownerId' } });
});
