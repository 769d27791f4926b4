import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, subject } from './people.ts';

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
