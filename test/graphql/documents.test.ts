import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import { graphql } from '../../src/generated/documents/index.ts';
import { openGateway, type TestGateway } from './open-gateway.ts';
import { addPerson, subject } from './people.ts';

let at: TestGateway;

beforeAll(async () => {
  at = await openGateway();
  await addPerson(at.prisma, 'cp', 'ann');
});

afterAll(() => at[Symbol.asyncDispose]());

const WhoAmI = graphql(`
  query WhoAmI {
    viewer {
      kind
      subject {
        account {
          email
          createdAt
        }
      }
    }
  }
`);

test('the type of an answer follows from its document', async () => {
  const { viewer } = await at.send(subject('cp', 'ann'), WhoAmI, {});
  expectTypeOf(viewer.kind).toExtend<string>();
  expectTypeOf(viewer.subject?.account?.email).toEqualTypeOf<string | null | undefined>();
  expect(viewer.subject?.account).toEqual({ email: 'ann@example.org', createdAt: '2026-01-01T00:00:00.000Z' });
});
