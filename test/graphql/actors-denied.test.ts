import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, administrator, auditor, privacyStaff, processorStaff, subject } from './people.ts';

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

test('processor staff need a grant for each look', async () => {
  expect(await at.ask(processorStaff('cp'), QUERY, { purpose: 'CP-P9' })).toMatchInlineSnapshot(`
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
              "reason": "GRANT_REQUIRED",
            },
            {
              "item": "CP-15",
              "path": [
                "subject",
                "calls",
              ],
              "reason": "GRANT_REQUIRED",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
});

test('auditors and administrators are shown no person', async () => {
  const answer = await at.ask(auditor('cp'), QUERY);
  expect(answer).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": null,
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": null,
              "path": [
                "subject",
              ],
              "reason": "WITHHELD",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
  expect(await at.ask(administrator('cp'), QUERY)).toEqual(answer);
  expect(await at.ask(auditor('cp'), QUERY.replace('ann', 'nobody'))).toEqual(answer);
});

test("nobody, another tenant's person and another person are the same to a subject", async () => {
  const answers = await Promise.all(
    ['nobody', 'zoe'].flatMap((id) =>
      [subject('cp', 'ann'), privacyStaff('cp')].map((actor) =>
        at.ask(actor, `{ subject(id: "${id}") { id } }`, { purpose: 'CP-P9' }),
      ),
    ),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": null,
      },
      "errors": [
        {
          "extensions": {
            "code": "NOT_FOUND",
          },
          "locations": [
            {
              "column": 3,
              "line": 1,
            },
          ],
          "message": "No such subject.",
          "path": [
            "subject",
          ],
        },
      ],
    }
  `);
});
