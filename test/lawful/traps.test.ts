import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policies, TENANT_IDS, type Exporter, type TenantId } from '../bundle/exporter.ts';
import { informationOf, openPeople, type Information } from './people.ts';

let at: Exporter;
const told = new Map<TenantId, Information>();

beforeAll(async () => {
  at = await openPeople();
  for (const tenantId of TENANT_IDS) told.set(tenantId, await informationOf(at, tenantId));
});

afterAll(() => at[Symbol.asyncDispose]());

const of = (tenantId: TenantId): Information => told.get(tenantId)!;
const byId = <T extends object>(list: readonly T[], id: string) => list.find((each) => 'id' in each && each.id === id);

describe('the traps, policy by policy', () => {
  test('X01 CallerPlugins has no contact, and none is made up', () => {
    expect(of('cp').contact).toMatchObject({ status: 'MISSING', text: 'not stated in policy' });
    expect(of('cp').contact).not.toHaveProperty('email');
  });

  test('X02 Callrix has no date', () => {
    expect(of('cx').policy).toMatchObject({
      version: policies.policyOf('CX').version,
      effectiveDate: { status: 'MISSING', text: 'not stated in policy' },
    });
  });

  test('X03 the date of CallNex stays a month', () => {
    expect(of('cn').policy).toMatchObject({ effectiveDate: { value: '2025-05', precision: 'MONTH' } });
  });

  test('X04 CallNex has no address', () => {
    expect(of('cn').controller).toMatchObject({ name: 'CallNex BV', address: null });
  });

  test('X05 the contact that a tenant of the Contractor supplies is marked as supplied', async () => {
    expect(of('ct').contact).toMatchObject({ status: 'ELSEWHERE', text: 'not stated in policy' });
    await at.prisma.tenant.update({ where: { tenantId: 'ct' }, data: { contact: 'privacy@contractor.example' } });
    try {
      const { contact } = await informationOf(at, 'ct');
      expect(contact).toMatchObject({
        status: 'SUPPLIED_BY_OPERATOR',
        text: 'privacy@contractor.example',
        policyStatus: 'ELSEWHERE',
      });
    } finally {
      await at.prisma.tenant.update({ where: { tenantId: 'ct' }, data: { contact: null } });
    }
  });

  test('X06 Callr states no complaint, authority or ground: the first is told as statutory, the others as missing or assumed', () => {
    expect(of('cr').rights.find(({ right }) => right === 'COMPLAINT')).toMatchObject({
      stated: false,
      basis: 'STATUTORY',
    });
    expect(of('cr').authority).toEqual({ status: 'MISSING', text: 'not stated in policy' });
    for (const { bases } of of('cr').categories)
      for (const basis of bases) expect(basis).toMatchObject({ status: 'ASSUMED' });
  });

  test('X08 the Contractor does not state portability; the statute does', () => {
    const portability = of('ct').rights.find(({ right }) => right === 'PORTABILITY');
    expect(portability).toMatchObject({ stated: false, basis: 'STATUTORY' });
    expect(portability).not.toHaveProperty('clause');
  });

  test('X15, X16 the call log of CallerPlugins has a maximum, a start that is assumed, and a row held too long', () => {
    const calls = of('cp').retentionByDataset.find(({ dataset }) => dataset === 'call-records');
    expect(calls).toMatchObject({ overdue: 1 });
    expect(calls?.rules).toContainEqual(
      expect.objectContaining({
        rule: 'CP-T2',
        kind: 'EXPLICIT',
        period: 'P24M',
        trigger: 'call.startedAt',
        max: true,
        triggerStated: false,
        status: 'ASSUMED',
        endsRow: true,
      }),
    );
  });

  test('X21 a licence key of CallerPlugins has no period, and none is invented', () => {
    const keys = of('cp').retentionByDataset.find(({ dataset }) => dataset === 'license-keys');
    for (const rule of keys?.rules ?? []) expect(rule).toMatchObject({ status: 'NOT_STATED', stated: false });
    expect(keys?.rules.length).toBeGreaterThan(0);
  });

  test('X22 a recording of CallNex has a period that a campaign may change', () => {
    const recordings = of('cn').retentionByDataset.find(({ dataset }) => dataset === 'recordings');
    expect(recordings?.rules).toContainEqual(
      expect.objectContaining({
        kind: 'EXPLICIT_ADJUSTABLE',
        period: 'P90D',
        adjustableBy: 'recording.retentionPeriod',
      }),
    );
  });

  test('X24 what Callrix implies and holds is told as undeclared', () => {
    expect(of('cx').undeclared).toContainEqual(expect.objectContaining({ item: 'CX-31', why: 'IMPLIED' }));
    expect(of('cx').undeclared).toContainEqual(expect.objectContaining({ item: 'CX-33', why: 'IMPLIED' }));
  });

  test('X26 tickets, which CallerPlugins does not name, are told as undeclared', () => {
    expect(of('cp').undeclared).toContainEqual(
      expect.objectContaining({ dataset: 'support-tickets', field: 'subject', why: 'NOT_NAMED' }),
    );
  });

  test('X47 a call status that CallNex does not list is told as undeclared', () => {
    expect(of('cn').undeclared).toContainEqual(
      expect.objectContaining({ dataset: 'call-records', field: 'status', why: 'NOT_NAMED' }),
    );
  });

  test('X25 CallNex tells what was concluded about the person, and that its policy says nothing of how', () => {
    const { automatedDecisions } = of('cn');
    expect(automatedDecisions.stated).toBe(false);
    expect(automatedDecisions.inferences.map(({ itemName }) => itemName)).toEqual([
      'call.outcome',
      'analysis.ai',
      'analysis.outcomeClass',
    ]);
    for (const inference of automatedDecisions.inferences)
      expect(inference).toMatchObject({
        purposes: [expect.objectContaining({ id: 'CN-P4' })],
        logic: { status: 'NOT_STATED' },
        consequences: { status: 'NOT_STATED' },
      });
    for (const tenantId of ['cp', 'cx', 'ct', 'cr'] as const)
      expect(of(tenantId).automatedDecisions.inferences).toEqual([]);
  });

  test('X25 a lead score of CallNex is about whom was called, and is not told to whom called', () => {
    expect(JSON.stringify(of('cn').categories)).not.toContain('analysis.leadScore');
  });

  test('X53 the Contractor names the documents that prevail over its policy', () => {
    expect(of('ct').precedence).toMatchObject({
      documents: ['TERMS OF SERVICE', 'Data Processing Agreement (DPA)'],
      clause: '§1.5',
    });
    expect(of('cp')).not.toHaveProperty('precedence');
  });

  test('X59 withdrawal at CallNex comes from §4, outside its list of rights', () => {
    expect(of('cn').rights.find(({ right }) => right === 'WITHDRAW_CONSENT')).toMatchObject({
      stated: true,
      clause: '§4',
    });
  });

  test('X63 a recipient has its country and safeguard, and one that the policy does not name is said to be unnamed', () => {
    expect(byId(of('cp').recipients, 'CP-R1')).toMatchObject({
      name: 'Stripe',
      named: true,
      country: 'US',
      safeguard: expect.stringContaining('Standard Contractual Clauses'),
    });
    expect(byId(of('cn').recipients, 'CN-R2')).toMatchObject({
      named: false,
      country: 'EU',
      note: expect.stringContaining('names the kind'),
    });
    for (const recipient of of('ct').recipients)
      expect(recipient).toMatchObject({ named: false, countryStated: false });
    expect(of('cx').transfers).toMatchObject({ status: 'STATED', countries: ['US'] });
  });

  test('X64 the Chrome Web Store receives nothing, and is among no recipients', () => {
    expect(of('cp').recipientsWithoutData).toMatchObject([{ name: 'Google Chrome Web Store', dataShared: false }]);
    expect(JSON.stringify(of('cp').recipients)).not.toContain('Chrome');
  });

  test('X65 an age is told by CallerPlugins and Callrix alone', () => {
    const ages = TENANT_IDS.flatMap((tenantId) =>
      of(tenantId).minAge === undefined ? [] : [[tenantId, of(tenantId).minAge?.['years']]],
    );
    expect(ages).toEqual([
      ['cp', 16],
      ['cx', 18],
    ]);
  });

  test('what is not held of this person is not listed among what is', async () => {
    await at.prisma.subject.create({
      data: { tenantId: 'cp', id: 'sol', createdAt: new Date('2026-01-01T00:00:00Z') },
    });
    await at.prisma.account.create({
      data: {
        tenantId: 'cp',
        id: 'acc_sol',
        subjectId: 'sol',
        sourceSystem: 'crm',
        fullName: 'Sol',
        createdAt: new Date('2026-01-01T00:00:00Z'),
      },
    });
    const sol = await informationOf(at, 'cp', 'sol');
    const items = sol.categories.flatMap(({ items: each }) => each.map(({ item }) => item));
    expect(items).toContain('account.fullName');
    expect(items).not.toContain('account.email');
    expect(items).not.toContain('call.calledNumber');
    expect(sol.source.map(({ systems }) => systems)).toEqual([['crm']]);
  });
});
