import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addPerson, privacyStaff, subject } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
});

afterAll(() => at[Symbol.asyncDispose]());

test('viewer, tenant, policy and catalogue', async () => {
  await addPerson(at.prisma, 'cp', 'vee');
  expect(
    await at.ask(
      subject('cp', 'vee'),
      `{ viewer { kind id tenant { id name } subject { id account { email } } } tenant { policy { code } }
         policy { code version item(nameOrId: "account.email") { id purposes { id } bases { articles } retention portability } rights { right stated } } }`,
    ),
  ).toMatchInlineSnapshot(`
    {
      "data": {
        "policy": {
          "code": "CP",
          "item": {
            "bases": [
              {
                "articles": [
                  "6(1)(b)",
                ],
              },
              {
                "articles": [
                  "6(1)(a)",
                ],
              },
            ],
            "id": "CP-02",
            "portability": "YES",
            "purposes": [
              {
                "id": "CP-P1",
              },
              {
                "id": "CP-P3",
              },
              {
                "id": "CP-P6",
              },
              {
                "id": "CP-P7",
              },
            ],
            "retention": "while the account is active; then up to P12M after account.deletionRequestedAt",
          },
          "rights": [
            {
              "right": "INFORMATION",
              "stated": false,
            },
            {
              "right": "ACCESS",
              "stated": true,
            },
            {
              "right": "RECTIFICATION",
              "stated": true,
            },
            {
              "right": "ERASURE",
              "stated": true,
            },
            {
              "right": "RESTRICTION",
              "stated": true,
            },
            {
              "right": "PORTABILITY",
              "stated": true,
            },
            {
              "right": "OBJECTION",
              "stated": true,
            },
            {
              "right": "WITHDRAW_CONSENT",
              "stated": true,
            },
            {
              "right": "COMPLAINT",
              "stated": true,
            },
            {
              "right": "NO_AUTOMATED_DECISION",
              "stated": false,
            },
            {
              "right": "NOTIFICATION_OF_RECIPIENTS",
              "stated": false,
            },
          ],
          "version": "2026-03-04",
        },
        "tenant": {
          "policy": {
            "code": "CP",
          },
        },
        "viewer": {
          "id": "vee",
          "kind": "SUBJECT",
          "subject": {
            "account": {
              "email": "vee@example.org",
            },
            "id": "vee",
          },
          "tenant": {
            "id": "cp",
            "name": "Operator cp",
          },
        },
      },
    }
  `);
  const { data } = await at.ask(privacyStaff('cp'), '{ catalogue { name fields { name kind items } } }');
  expect(JSON.stringify(data)).not.toMatch(/passwordHash|access-tokens|"token"/);
});
