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

test('without a purpose staff and apps see nothing, and not whether there is anybody', async () => {
  for (const [actor, purpose] of [
    [supportAgent('cp'), undefined],
    [internalApp('cp'), undefined],
    [internalApp('cp'), 'CP-P99'],
    [internalApp('cp'), 'DATA_SUBJECT_REQUEST'],
  ] as const) {
    at.statements();
    const answers = [
      await at.ask(actor, QUERY, { purpose }),
      await at.ask(actor, QUERY.replace('"ann"', '"nobody"'), { purpose }),
    ];
    for (const { data, errors, extensions } of answers) {
      expect(data).toEqual({ subject: null });
      expect(errors?.map((error) => error.extensions?.code)).toEqual(['PURPOSE_REQUIRED']);
      expect(extensions).toBeUndefined();
    }
    // The audit log alone asks whether there is such a person.
    expect(at.statements().join('\n')).not.toMatch(
      /FROM ("public"\.)?"?(account|call_record|membership|access_grant)/i,
    );
  }
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
