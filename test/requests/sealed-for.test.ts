import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sealTo } from '../../src/bundle/seal/seal-to.ts';
import { addPerson } from '../graphql/people.ts';
import { file, openDesk, type TestDesk } from './open-desk.ts';

const RECIPIENT = await identityToRecipient(await generateX25519Identity());
let at: TestDesk;

beforeAll(async () => {
  at = await openDesk();
});

afterAll(() => at[Symbol.asyncDispose]());

test('what a bundle could not be sealed with later is refused when it is asked for', async () => {
  await addPerson(at.prisma, 'cp', 'mistyped');
  const sign = RECIPIENT.at(-9) === 'q' ? 'p' : 'q';
  const wishes = [
    { passphrase: 'eleven sign', recipient: null },
    { passphrase: 'twelve signs', recipient: null },
    { passphrase: '\u{1f98a}'.repeat(6), recipient: null },
    { passphrase: null, recipient: RECIPIENT },
    { passphrase: null, recipient: `${RECIPIENT.slice(0, -9)}${sign}${RECIPIENT.slice(-8)}` },
    { passphrase: null, recipient: `age1${'q'.repeat(58)}` },
    { passphrase: null, recipient: 'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t' },
  ];
  const taken: boolean[] = [];
  for (const { passphrase, recipient } of wishes) {
    const filed = await file(at, 'cp', 'mistyped', { passphrase, recipient }).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'BAD_INPUT' });
      return null;
    });
    taken.push(filed !== null);
    if (filed !== null) await at.advance('cp', { requestId: filed.id, step: 'CANCEL' });
  }
  const canSeal = wishes.map(({ passphrase, recipient }) => {
    try {
      sealTo(
        passphrase === null ? { kind: 'RECIPIENTS', recipients: [recipient] } : { kind: 'PASSPHRASE', passphrase },
      );
      return true;
    } catch {
      return false;
    }
  });
  expect(taken).toEqual(canSeal);
  expect(taken).toEqual([false, true, false, true, false, false, false]);
});
