import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import {
  addCalls,
  addPerson,
  administrator,
  auditor,
  internalApp,
  privacyStaff,
  processorStaff,
  subject,
  supportAgent,
} from './people.ts';

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

test('a subject sees what is held, and why the rest is null', async () => {
  expect(await at.ask(subject('cp', 'ann'), QUERY)).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "account": {
            "createdAt": "2026-01-01T00:00:00.000Z",
            "email": "ann@example.org",
            "fullName": "Ann ann",
            "phone": null,
          },
          "calls": {
            "nodes": [
              {
                "calledNumber": "+31205550001",
                "startedAt": "2026-11-20T10:00:00.000Z",
                "status": "ANSWERED",
              },
            ],
            "totalCount": 2,
          },
          "id": "ann",
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": "account.phone",
              "path": [
                "subject",
                "account",
                "phone",
              ],
              "reason": "NOT_COLLECTED",
            },
          ],
          "thirdParty": [
            {
              "item": "CP-15",
              "path": [
                "subject",
                "calls",
                "nodes",
                0,
                "calledNumber",
              ],
            },
          ],
        },
      },
    }
  `);
});

test('privacy staff see it for the law, or for a purpose of the policy', async () => {
  expect(await at.ask(privacyStaff('cp'), QUERY, { purpose: 'DATA_SUBJECT_REQUEST' })).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "account": {
            "createdAt": "2026-01-01T00:00:00.000Z",
            "email": "ann@example.org",
            "fullName": "Ann ann",
            "phone": null,
          },
          "calls": {
            "nodes": [
              {
                "calledNumber": "+31205550001",
                "startedAt": "2026-11-20T10:00:00.000Z",
                "status": "ANSWERED",
              },
            ],
            "totalCount": 2,
          },
          "id": "ann",
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [],
          "nulls": [
            {
              "item": "account.phone",
              "path": [
                "subject",
                "account",
                "phone",
              ],
              "reason": "NOT_COLLECTED",
            },
          ],
          "thirdParty": [
            {
              "item": "CP-15",
              "path": [
                "subject",
                "calls",
                "nodes",
                0,
                "calledNumber",
              ],
            },
          ],
        },
      },
    }
  `);
});

test('a support agent sees masks of what is about others', async () => {
  expect(await at.ask(supportAgent('cp'), QUERY, { purpose: 'CP-P9' })).toMatchInlineSnapshot(`
    {
      "data": {
        "subject": {
          "account": {
            "createdAt": "2026-01-01T00:00:00.000Z",
            "email": "ann@example.org",
            "fullName": "Ann ann",
            "phone": null,
          },
          "calls": {
            "nodes": [
              {
                "calledNumber": "•••001",
                "startedAt": "2026-11-20T10:00:00.000Z",
                "status": "ANSWERED",
              },
            ],
            "totalCount": 2,
          },
          "id": "ann",
        },
      },
      "extensions": {
        "privacy": {
          "cut": [],
          "masked": [
            {
              "item": "CP-15",
              "path": [
                "subject",
                "calls",
                "nodes",
                0,
                "calledNumber",
              ],
            },
          ],
          "nulls": [
            {
              "item": "account.phone",
              "path": [
                "subject",
                "account",
                "phone",
              ],
              "reason": "NOT_COLLECTED",
            },
          ],
          "thirdParty": [],
        },
      },
    }
  `);
});

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
