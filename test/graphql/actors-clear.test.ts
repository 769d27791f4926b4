import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addCalls, addPerson, privacyStaff, subject, supportAgent } from './people.ts';

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
                "*",
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
                "*",
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
