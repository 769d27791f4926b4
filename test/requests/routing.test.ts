import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasets } from '../../src/catalogue/look-up.ts';
import { RELATIONS, SCOPES, type Relation } from '../../src/catalogue/vocabulary.ts';
import { decisionsOf, stepFor } from '../../src/requests/decide.ts';
import { partsOf, type Outcome, type Part } from '../../src/requests/parts.ts';
import { reviewDecision } from '../../src/requests/reviews.ts';
import { approve } from '../../src/requests/staff.ts';
import { REQUEST_RIGHTS } from '../../src/requests/states.ts';
import type { Standing } from '../../src/requests/standing.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import type { TenantId } from '../graphql/open-gateway.ts';
import { addCustomer } from '../graphql/mandates.ts';
import { addPerson, owned, privacyStaff } from '../graphql/people.ts';
import { file, openDesk, refusal, type TestDesk } from './open-desk.ts';

const { policies } = loadPolicies();
const places = datasets.flatMap((dataset) =>
  RELATIONS.filter((relation) => dataset.subjects[relation] !== undefined).map(
    (relation) => `${dataset.model}/${relation}`,
  ),
);
const OTHERS: readonly Outcome[] = ['INSTRUCTION_REQUIRED', 'FORWARDED'];

/** Places of which the operator itself has nothing to say: what is there is other controllers', or nobody knows whose. */
function othersPlaces(parts: readonly Part[]): ReadonlySet<string> {
  const own = new Set<string>();
  for (const { dataset, relation, outcome } of parts) {
    const isUnclear = outcome === 'NEEDS_REVIEW' && relation === 'CALL_COUNTERPARTY';
    if (dataset !== null && !OTHERS.includes(outcome) && !isUnclear) own.add(`${dataset.model}/${relation}`);
  }
  return new Set(places).difference(own);
}

function standing(held: ReadonlySet<string>, relations: readonly Relation[]): Standing {
  return {
    holds: ({ model }, relation) => held.has(`${model}/${relation}`),
    relations: new Set(relations),
    endUserOf: [],
    memberOf: [],
  };
}

const anyCase = fc.record({
  policy: fc.constantFrom(...policies),
  scope: fc.constantFrom(...SCOPES),
  contractAlive: fc.boolean(),
  relations: fc.subarray([...RELATIONS]),
  held: fc.subarray(places),
  alsoHeld: fc.subarray(places),
});

test('what a person is told of other controllers’ data is the same whether or not there is any', () => {
  fc.assert(
    fc.property(anyCase, ({ policy, scope, contractAlive, relations, held, alsoHeld }) => {
      const parts = partsOf({ policy, scope, contractAlive, instruction: null });
      const more = new Set(alsoHeld).intersection(othersPlaces(parts));
      const without = decisionsOf(parts, standing(new Set(held).difference(more), relations));
      const withMore = decisionsOf(parts, standing(new Set(held).union(more), relations));
      expect(withMore).toEqual(without);
    }),
    { numRuns: 500 },
  );
});

test('a request has one decision for each role, relation and outcome, and each cites its clauses and items', () => {
  fc.assert(
    fc.property(anyCase, ({ policy, scope, contractAlive, relations, held }) => {
      const parts = partsOf({ policy, scope, contractAlive, instruction: null });
      const decisions = decisionsOf(parts, standing(new Set(held), relations));
      const keys = decisions.map(({ role, relation, outcome }) => `${role}/${relation}/${outcome}`);
      expect(new Set(keys).size).toBe(keys.length);
      const roles = new Map(policy.items.map(({ id, role }) => [id, role]));
      for (const { role, clauses, items, party } of decisions) {
        expect(party).not.toBe('');
        expect(clauses.length).toBeGreaterThan(0);
        for (const clause of clauses) expect(clause).toMatch(/^§/);
        expect(items.map((item) => roles.get(item))).toEqual(items.map(() => role));
      }
    }),
    { numRuns: 300 },
  );
});

test('without an instruction nothing that a policy calls a processor’s is built', () => {
  for (const policy of policies) {
    const processors = new Set(policy.roles.filter(({ holder }) => holder === 'PROCESSOR').map(({ id }) => id));
    const parts = partsOf({ policy, scope: 'ACCESS', contractAlive: true, instruction: null });
    expect(parts.filter(({ role, outcome }) => processors.has(role) && outcome === 'BUILD')).toEqual([]);
  }
});

test.each([
  [['BUILD', 'NEEDS_REVIEW', 'INSTRUCTION_REQUIRED', 'FORWARDED', 'REFERRED'], 'ROUTE_BUILD', 'ROUTE_REVIEW'],
  [['NEEDS_REVIEW', 'INSTRUCTION_REQUIRED', 'FORWARDED', 'REFERRED'], 'ROUTE_REVIEW', 'ROUTE_REVIEW'],
  [['INSTRUCTION_REQUIRED', 'FORWARDED', 'REFERRED'], 'ROUTE_INSTRUCT', 'ROUTE_INSTRUCT'],
  [['FORWARDED', 'REFERRED'], 'ROUTE_FORWARD', 'ROUTE_FORWARD'],
  [['REFERRED'], 'ROUTE_BUILD', 'ROUTE_REVIEW'],
  [[], 'ROUTE_BUILD', 'ROUTE_REVIEW'],
] as const)('%j leads to %s for a copy and to %s for what is answered by hand', (outcomes, copy, byHand) => {
  for (const right of REQUEST_RIGHTS) {
    const decisions = outcomes.map((outcome) => ({ outcome }));
    expect(stepFor(right, decisions)).toBe(right === 'ACCESS' || right === 'PORTABILITY' ? copy : byHand);
  }
});

describe('people in the store', () => {
  let at: TestDesk;

  beforeAll(async () => {
    at = await openDesk();
  });

  afterAll(() => at[Symbol.asyncDispose]());

  /** Who answers for what of a copy. */
  async function routed(tenant: TenantId, person: string) {
    const row = await file(at, tenant, person);
    const decisions = await at.prisma.routingDecision.findMany({
      where: { tenantId: tenant, requestId: row.id },
      orderBy: [{ role: 'asc' }, { relation: 'asc' }, { outcome: 'asc' }],
    });
    return { row, told: decisions.map(({ role, relation, outcome }) => `${role} ${relation} ${outcome}`), decisions };
  }

  test('a customer of an operator that answers for everything gets a copy, and is referred for what is elsewhere', async () => {
    await addPerson(at.prisma, 'cp', 'plain');
    const { row, told } = await routed('cp', 'plain');
    expect(row.status).toBe('APPROVED');
    expect(told).toContain('CP-b ACCOUNT_HOLDER BUILD');
    expect(told).toContain('CP-l ACCOUNT_HOLDER REFERRED');
    expect(told.filter((each) => !/BUILD|REFERRED/.test(each))).toEqual([]);
  });

  test('of what is the operator’s and what is only processed, each goes its way', async () => {
    await addPerson(at.prisma, 'ct', 'quiet');
    await addPerson(at.prisma, 'ct', 'talker');
    await addCustomer(at, 'ct', 'their-company', ['quiet', 'talker']);
    await at.prisma.callRecord.create({
      data: {
        ...owned('ct', 'talker', 'talk'),
        startedAt: new Date('2026-06-01T00:00:00Z'),
        durationSeconds: 1,
        status: 'ANSWERED',
      },
    });
    const [quiet, talker] = [await routed('ct', 'quiet'), await routed('ct', 'talker')];
    expect(talker.row.status).toBe('APPROVED');
    expect(talker.told).toEqual(
      expect.arrayContaining(['CT-c ACCOUNT_HOLDER BUILD', 'CT-p ACCOUNT_HOLDER INSTRUCTION_REQUIRED']),
    );
    expect(quiet.told).toEqual(talker.told);
    // Only the controller is asked for more where there is something, and the person sees nothing of that.
    const wanted = (requestId: string) => at.prisma.notice.count({ where: { requestId, kind: 'INSTRUCTION_WANTED' } });
    expect(await wanted(talker.row.id)).toBe(1);
    expect(await wanted(quiet.row.id)).toBe(0);
  });

  test('what is so unclear that a person must look is told where it is held, and does not hold up the rest', async () => {
    await addPerson(at.prisma, 'cx', 'unpaid');
    await addPerson(at.prisma, 'cx', 'paid');
    await at.prisma.payout.create({ data: { ...owned('cx', 'paid', 'payout-1'), amountMinor: 100n, currency: 'EUR' } });
    expect((await routed('cx', 'unpaid')).told).not.toContain('CX-? ACCOUNT_HOLDER NEEDS_REVIEW');
    const paid = await routed('cx', 'paid');
    expect(paid.told).toContain('CX-? ACCOUNT_HOLDER NEEDS_REVIEW');
    expect(paid.row.status).toBe('APPROVED');
  });

  test('nothing is approved before all of it that is unclear has been settled', async () => {
    await addPerson(at.prisma, 'cx', 'unsettled');
    await at.prisma.payout.create({
      data: { ...owned('cx', 'unsettled', 'payout-2'), amountMinor: 100n, currency: 'EUR' },
    });
    const looked = { ...at, desk: { ...at.desk, limits: { ...at.desk.limits, copiesPerSubject: 0 } } };
    const { id: requestId } = await file(looked, 'cx', 'unsettled');
    const by = privacyStaff('cx');
    const approved = () =>
      at
        .take('cx', (writer) => approve(at.desk, writer, { tenantId: 'cx', requestId, by }))
        .then(({ status }) => status);
    expect(await refusal(approved())).toBe('WRONG_STATE');
    const unclear = await at.prisma.routingDecision.findFirstOrThrow({ where: { requestId, outcome: 'NEEDS_REVIEW' } });
    const reviewed = (decisionId: string) =>
      at.take('cx', (writer) =>
        reviewDecision(at.desk, writer, { tenantId: 'cx', decisionId, review: 'OPERATOR_IS_CONTROLLER', by }),
      );
    await reviewed(unclear.id);
    expect(await refusal(reviewed(unclear.id))).toBe('WRONG_STATE');
    const own = await at.prisma.routingDecision.findFirstOrThrow({ where: { requestId, outcome: 'BUILD' } });
    expect(await refusal(reviewed(own.id))).toBe('WRONG_STATE');
    expect(await approved()).toBe('APPROVED');
  });

  test('of whom nothing is held gets a copy that says so', async () => {
    await at.prisma.subject.create({ data: { tenantId: 'cp', id: 'unknown' } });
    const { row, told } = await routed('cp', 'unknown');
    expect(row.status).toBe('APPROVED');
    expect(told.filter((each) => each.endsWith('BUILD'))).toEqual([]);
  });

  test('a number that was shown to be somebody’s is asked about alike, whether or not it was ever called', async () => {
    await addPerson(at.prisma, 'cr', 'dialler');
    for (const [id, number] of [
      ['rung', '+33155500001'],
      ['silent', '+33155500002'],
    ] as const) {
      await at.prisma.subject.create({ data: { tenantId: 'cr', id } });
      await at.prisma.subjectIdentifier.create({
        data: { ...owned('cr', id, `n-${id}`), kind: 'PHONE', value: number },
      });
    }
    const call = {
      ...owned('cr', 'dialler', 'dial'),
      startedAt: new Date('2026-06-01T00:00:00Z'),
      calledNumber: '+33155500001',
    };
    await at.prisma.callRecord.create({ data: { ...call, durationSeconds: 1, status: 'ANSWERED' } });
    const [rung, silent] = [await routed('cr', 'rung'), await routed('cr', 'silent')];
    // The operator answers for the call itself, and its customer for what was said.
    expect(rung.told).toContain('CR-a CALL_COUNTERPARTY BUILD');
    expect(rung.told).toContain('CR-r CALL_COUNTERPARTY FORWARDED');
    expect(silent.told).toContain('CR-r CALL_COUNTERPARTY FORWARDED');
    expect(silent.row.status).toBe('FORWARDED');
  });
});
