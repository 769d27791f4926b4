import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { auditing } from './audit-log.ts';
import { giveGrant } from './mandates.ts';
import { addCalls, addPerson, internalApp, processorStaff, subject, supportAgent } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
});

afterAll(() => at[Symbol.asyncDispose]());

test('holdings tell counts where the operator answers, and confirm nothing where a customer does', async () => {
  await addPerson(at.prisma, 'ct', 'hal');
  await addCalls(at.prisma, 'ct', 'hal', 3);
  const answer = await at.ask(
    subject('ct', 'hal'),
    '{ subject(id: "hal") { holdings { dataset relation count role onBehalfOf retention } calls { totalCount } } }',
  );
  expect(answer).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "calls": null,
          "holdings": [
            {
              "count": 1,
              "dataset": "identifiers",
              "onBehalfOf": null,
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "until the purpose is reached or the contract ends, unless the law asks for more; no period",
              ],
              "role": "CONTROLLER",
            },
            {
              "count": 1,
              "dataset": "account",
              "onBehalfOf": null,
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "until the purpose is reached or the contract ends, unless the law asks for more; no period",
              ],
              "role": "CONTROLLER",
            },
            {
              "count": null,
              "dataset": "call-records",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "call-records",
              "onBehalfOf": "the User",
              "relation": "CALL_COUNTERPARTY",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "recordings",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "recordings",
              "onBehalfOf": "the User",
              "relation": "CALL_COUNTERPARTY",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "recording-files",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
            {
              "count": null,
              "dataset": "integration-transfers",
              "onBehalfOf": "the User",
              "relation": "ACCOUNT_HOLDER",
              "retention": [
                "by the User's instructions and the DPA; no period",
              ],
              "role": "PROCESSOR",
            },
          ],
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": "CT-21",
              "path": [
                "subject",
                "calls",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-21",
              "path": [
                "subject",
                "holdings",
                2,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-21",
              "path": [
                "subject",
                "holdings",
                3,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-24",
              "path": [
                "subject",
                "holdings",
                4,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-24",
              "path": [
                "subject",
                "holdings",
                5,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-25",
              "path": [
                "subject",
                "holdings",
                6,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
            {
              "item": "CT-29",
              "path": [
                "subject",
                "holdings",
                7,
                "count",
              ],
              "reason": "INSTRUCTION_REQUIRED",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
});

test('what somebody sees nothing of is not counted to them either', async () => {
  await addPerson(at.prisma, 'cp', 'ida');
  await addCalls(at.prisma, 'cp', 'ida', 3);
  const told = async (actor: Parameters<TestGateway['ask']>[0], purpose: string) => {
    const query = '{ subject(id: "ida") { holdings { dataset count } } }';
    const { data, errors } = await at.ask(actor, query, { purpose });
    expect(errors).toBeUndefined();
    const { holdings } = (data as { subject: { holdings: readonly { dataset: string; count: number | null }[] } })
      .subject;
    return Object.fromEntries(holdings.map(({ dataset, count }) => [dataset, count]));
  };
  const agent = await auditing(at, 'cp', () => told(supportAgent('cp'), 'CP-P9'));
  expect(agent.result).toMatchObject({ account: 1, 'call-records': 3 });
  // To count is to look.
  expect(agent.entries).toMatchObject([
    { action: 'LOOK', subjectId: 'ida', detail: { counted: expect.arrayContaining(['account', 'call-records']) } },
  ]);
  // The purpose covers the account, and no calls.
  const app = await told(internalApp('cp'), 'CP-P3');
  expect(app).toMatchObject({ account: 1 });
  expect(Object.keys(app)).not.toContain('call-records');
  const processor = processorStaff('cp');
  expect(await told(processor, 'CP-P8')).toEqual({});
  await giveGrant(at, processor, { subject: 'ida', items: ['CP-15'], purpose: 'CP-P8' });
  expect(Object.keys(await told(processor, 'CP-P8'))).toEqual(['call-records']);
});
