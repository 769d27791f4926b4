import { expect, test } from 'vitest';
import { describeItem, describeRecipient } from '../../src/policy/describe.ts';
import { book, named } from './the-five.ts';

const header = (code: string) => book.policyOf(code).header;

test('X01 CallerPlugins has no contact, and none is made up', () => {
  expect(header('CP').contact).toMatchObject({ status: 'MISSING', clause: '§11' });
  expect(header('CP').contact).not.toHaveProperty('email');
});

test('X02 Callrix has no effective date', () => {
  expect(header('CX').effectiveDate).toMatchObject({ status: 'MISSING' });
});

test('X03 the date of CallNex stays a month', () => {
  expect(header('CN').effectiveDate).toMatchObject({ status: 'STATED', value: '2025-05', precision: 'MONTH' });
});

test('X04 the address of CallNex is a placeholder and appears in no stated value', () => {
  expect(header('CN').controller).toMatchObject({ address: { status: 'PLACEHOLDER', text: '[Address Placeholder]' } });
  expect(header('CN').contact).not.toHaveProperty('postalAddress');
});

test('X05 the Contractor names no company, contact, authority or period', () => {
  const { company, contact, authority, responseTime, changeNotice } = header('CT');
  expect([company.status, contact.status, authority.status, responseTime.status, changeNotice.status]).toEqual([
    'UNNAMED',
    'ELSEWHERE',
    'NOT_NAMED',
    'STATUTORY',
    'NO_PERIOD',
  ]);
});

test('X06 Callr states no basis, controller, authority, complaint right or change clause', () => {
  const policy = book.policyOf('CR');
  expect(policy.bases.map((basis) => basis.status)).toEqual(['ASSUMED']);
  expect(policy.header).toMatchObject({
    controller: { status: 'ASSUMED', assumption: 'A-CR-2' },
    authority: { status: 'MISSING' },
    changeNotice: { status: 'MISSING' },
  });
  expect(policy.rights.find((entry) => entry.right === 'COMPLAINT')?.stated).toBeNull();
  for (const item of policy.items) expect(describeItem(policy, item)).toMatchObject({ status: 'ASSUMED' });
});

test('X07 the controller of CallerPlugins is implied', () => {
  expect(header('CP').controller).toMatchObject({ status: 'IMPLIED', name: 'Agenda 2050', country: 'NL' });
});

test('X08 portability is stated by all but the Contractor', () => {
  const stated = book.policies.filter((policy) =>
    policy.rights.some((entry) => entry.right === 'PORTABILITY' && entry.stated !== null),
  );
  expect(stated.map((policy) => policy.code).toSorted()).toEqual(['CN', 'CP', 'CR', 'CX']);
});

test('X09 only Callrix names a format', () => {
  const formats = book.policies.map(({ code, header: { portabilityFormat } }) => [
    code,
    portabilityFormat.status === 'STATED' ? portabilityFormat.format : null,
  ]);
  expect(Object.fromEntries(formats)).toEqual({ CP: undefined, CX: 'JSON', CT: null, CN: undefined, CR: undefined });
});

test('X50 the analysis of call records is a purpose that nobody may use until it is enabled', () => {
  expect(book.policyOf('CR').purposes.find((purpose) => purpose.id === 'CR-P6')).toMatchObject({
    enabled: false,
    classes: ['ANALYTICS'],
  });
});

test('X58 no right is read out of the heading that says Art. 15 to 22', () => {
  const unstated = book
    .policyOf('CX')
    .rights.filter((entry) => entry.stated === null)
    .map((entry) => entry.right);
  expect(unstated).toEqual(['INFORMATION', 'NO_AUTOMATED_DECISION', 'NOTIFICATION_OF_RECIPIENTS']);
});

test('X59 the withdrawal of CallNex is found in §4', () => {
  expect(book.policyOf('CN').rights.find((entry) => entry.right === 'WITHDRAW_CONSENT')?.stated).toMatchObject({
    clause: '§4',
  });
});

test('X60 three policies promise thirty days and two leave it to the law', () => {
  const times = book.policies.map(({ code, header: { responseTime } }) => [
    code,
    responseTime.status === 'STATED' ? responseTime.period : responseTime.status,
  ]);
  expect(Object.fromEntries(times)).toEqual({ CP: 'P30D', CX: 'P30D', CN: 'P30D', CT: 'STATUTORY', CR: 'STATUTORY' });
});

test('X61 change notices differ in all five', () => {
  const notices = book.policies.map(({ code, header: { changeNotice } }) => [
    code,
    changeNotice.status === 'STATED' ? changeNotice.period : changeNotice.status,
  ]);
  expect(Object.fromEntries(notices)).toEqual({
    CP: 'NO_PERIOD',
    CX: 'P30D',
    CT: 'NO_PERIOD',
    CN: 'P14D',
    CR: 'MISSING',
  });
});

test('X62 only the Contractor speaks of checking identity', () => {
  expect(
    book.policies.filter((policy) => policy.header.identityCheck.status === 'STATED').map((policy) => policy.code),
  ).toEqual(['CT']);
});

test('X63 recipients keep their country and safeguard, and unnamed ones stay unnamed', () => {
  const { policy, item } = named('CP-01');
  expect(describeItem(policy, item).recipients).toContainEqual(
    expect.objectContaining({ id: 'CP-R1', name: 'Stripe', country: 'US', named: true }),
  );
  for (const recipient of book.policyOf('CT').recipients)
    expect(describeRecipient(recipient)).toMatchObject({ named: false, country: null });
  expect(book.policyOf('CN').recipients.find((entry) => entry.id === 'CN-R2')?.status).toBe('CATEGORY');
});

test('X64 the Chrome Web Store is listed, receives nothing and stands behind no item', () => {
  const policy = book.policyOf('CP');
  expect(policy.recipients.filter((entry) => !entry.dataShared).map((entry) => entry.id)).toEqual(['CP-R4']);
  expect(policy.items.some((item) => item.recipients.includes('CP-R4'))).toBe(false);
});

test('X65 the minimum age is 16, 18 or not stated', () => {
  const ages = book.policies.map(({ code, header: { minAge } }) => [
    code,
    minAge.status === 'STATED' ? minAge.years : null,
  ]);
  expect(Object.fromEntries(ages)).toEqual({ CP: 16, CX: 18, CT: null, CN: null, CR: null });
});

test('only CallNex says that its answer is free', () => {
  expect(book.policies.filter((policy) => policy.header.fee.status === 'FREE').map((policy) => policy.code)).toEqual([
    'CN',
  ]);
});

test('what an operator promises never to do is no purpose that anyone could name', () => {
  for (const policy of book.policies)
    for (const promise of policy.promises)
      expect(policy.purposes.some((purpose) => purpose.id === promise.id)).toBe(false);
});
