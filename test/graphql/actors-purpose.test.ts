import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, internalApp, supportAgent } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  await addPerson(at.prisma, 'cp', 'ann');
  await addPerson(at.prisma, 'other', 'zoe');
  await addCalls(at.prisma, 'cp', 'ann', 2);
});

afterAll(() => at[Symbol.asyncDispose]());

const QUERY = `{ subject(id: "ann") {
  id
  account { fullName email phone createdAt }
  calls(first: 1) { totalCount nodes { calledNumber startedAt status } }
} }`;

test('without a purpose staff and apps see nothing, and not how much there is', async () => {
  const answer = await at.ask(supportAgent('cp'), QUERY);
  expect(answer).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "account": null,
          "calls": null,
          "id": "ann",
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": "CP-01",
              "path": [
                "subject",
                "account",
              ],
              "reason": "PURPOSE_REQUIRED",
            },
            {
              "item": "CP-15",
              "path": [
                "subject",
                "calls",
              ],
              "reason": "PURPOSE_REQUIRED",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
  expect(await at.ask(internalApp('cp'), QUERY)).toEqual(answer);
  expect(await at.ask(internalApp('cp'), QUERY, { purpose: 'CP-P99' })).toEqual(answer);
});

test('an app sees what its purpose covers', async () => {
  expect(await at.ask(internalApp('cp'), QUERY, { purpose: 'CP-P3' })).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "account": {
            "createdAt": null,
            "email": "ann@example.org",
            "fullName": "Ann ann",
            "phone": null,
          },
          "calls": null,
          "id": "ann",
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": "CP-37",
              "path": [
                "subject",
                "account",
                "createdAt",
              ],
              "reason": "PURPOSE_REQUIRED",
            },
            {
              "item": "account.phone",
              "path": [
                "subject",
                "account",
                "phone",
              ],
              "reason": "NOT_COLLECTED",
            },
            {
              "item": "CP-15",
              "path": [
                "subject",
                "calls",
              ],
              "reason": "PURPOSE_REQUIRED",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
});
