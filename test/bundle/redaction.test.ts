import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellOf, digitsOf, lineOut, pass, passText, SUBJECT } from './pass-gate.ts';
import { cardDigits, followingWords, iban, separators, typed, words, written } from './payment-arbitraries.ts';

describe('card numbers in free text', () => {
  test('are blanked however they are typed and whatever stands around them', async () => {
    await fc.assert(
      fc.asyncProperty(cardDigits, separators, words, followingWords, async (digits, separator, before, after) => {
        const { text, redactions } = await passText({ body: `${before}${typed(digits, separator)}${after}` });
        expect(digitsOf(text)).toBe('');
        expect(redactions).toEqual({ CARD_NUMBER: 1 });
      }),
    );
  });

  test('are blanked inside JSON, in lists and deep down', async () => {
    await fc.assert(
      fc.asyncProperty(cardDigits, separators, async (digits, separator) => {
        const tree = `{"a": [{"b": ["pay ${typed(digits, separator)}", ${digits}]}]}`;
        const { text } = await pass([Buffer.from(`${SUBJECT}\t${cellOf(tree)}\n`)], ['tree']);
        expect(digitsOf(text)).toBe('');
      }),
    );
  });

  test('are blanked when one follows another', async () => {
    await fc.assert(
      fc.asyncProperty(cardDigits, cardDigits, separators, async (first, second, separator) => {
        const { text } = await passText({ body: `${typed(first, separator)} ${typed(second, separator)}` });
        expect(digitsOf(text)).not.toContain(first);
        expect(digitsOf(text)).not.toContain(second);
      }),
    );
  });

  test.each(['+31612345678 ', '2026-11-22 ', '0031 6 1234 5678 ', '00012345 '])(
    'are blanked after the number "%s"',
    async (before) => {
      for (const digits of ['4242424242424242', '5555555555554444', '378282246310005']) {
        for (const separator of ['', ' ', '-']) {
          const { text } = await passText({ body: `${before}${typed(digits, separator)}` });
          expect(digitsOf(text), text).not.toContain(digits);
        }
      }
    },
  );

  test('are blanked as keys of JSON objects', async () => {
    const { text } = await passText({ tree: { '4242 4242 4242 4242': true } });
    expect(digitsOf(text)).toBe('');
  });

  test('are not sought in a column of telephone numbers', async () => {
    // A number that is E.164 and happens to pass the Luhn check.
    const phone = '+4242424242424242'.slice(0, 16);
    expect((await passText({ phone: '+42424242424242' })).text).toContain('+42424242424242');
    expect((await passText({ phone })).text).toContain(phone);
  });

  test('do not take an instant, a digest or a number that fails the check for one', async () => {
    const row = {
      body: 'order 1234567890123 of 2026-11-22T10:00:00Z',
      tree: { sha: 'da026466c831fac5eb1961671aec1bb4739d2768c41dcd9eaa880ce4feb7a879' },
    };
    const text = lineOut(row);
    expect(await passText(row)).toEqual({ text, rows: 1, redactions: {} });
  });
});

describe('account numbers in free text', () => {
  test('are blanked in several countries, spellings and surroundings', async () => {
    const spellings = fc.constantFrom('compact' as const, 'grouped' as const, 'lower' as const);
    await fc.assert(
      fc.asyncProperty(iban, spellings, words, followingWords, async (account, spelling, before, after) => {
        const { text } = await passText({ body: `${before}${written(account, spelling)}${after}` });
        expect(compact(text)).not.toContain(account);
      }),
      { numRuns: 400 },
    );
  });

  test('are blanked when one follows another', async () => {
    await fc.assert(
      fc.asyncProperty(iban, iban, fc.constantFrom(' ', ' to ', ', ', '\n'), async (first, second, between) => {
        const { text } = await passText({ body: `${first}${between}${second}` });
        expect(compact(text)).not.toContain(first);
        expect(compact(text)).not.toContain(second);
      }),
    );
  });

  test('are blanked behind a word that begins like one', async () => {
    for (const before of ['Ref AB12 ', 'RF18 5390 0754 ', 'Klant NL12 ']) {
      const { text } = await passText({ body: `${before}NL91 ABNA 0417 1643 00` });
      expect(compact(text), before).not.toContain('NL91ABNA0417164300');
    }
  });

  test('are blanked at the start of a line', async () => {
    for (const line of ['IBAN:\nNL91 ABNA 0417 1643 00', 'IBAN\tNL91ABNA0417164300', 'a\r\nBE71 0961 2345 6769\r\nb']) {
      const { text } = await passText({ body: line });
      expect(compact(text), line).not.toMatch(/NL91ABNA0417164300|BE71096123456769/);
    }
  });
});

/** Upper case, with nothing between letters and digits; what JSON escapes goes too. */
function compact(text: string): string {
  return text
    .replaceAll(/\\[nrt"\\]/g, ' ')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '');
}

describe('credentials', () => {
  const secrets = {
    bcrypt: '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW',
    jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    pem: '-----BEGIN PRIVATE KEY-----\nMIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7\n-----END PRIVATE KEY-----',
    stripe: 'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    webhook: 'whsec_4eC39HqLyjWDarjtT1zdp7dc',
    github: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    slack: 'xoxb-123456789012-abcdefghijkl',
    aws: 'AKIAIOSFODNN7EXAMPLE',
    bearer: 'Bearer abcdefghijklmnopqrstuvwxyz012345',
  };
  test.each(Object.entries(secrets))(
    'of the kind %s are blanked in text, typed columns, trees and lists',
    async (_kind, secret) => {
      for (const row of [
        { body: `it is ${secret}, ok` },
        { phone: secret },
        { tree: { a: [{ b: secret }] } },
        { system: secret },
      ]) {
        const { text } = await passText(row);
        expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(text).not.toContain(secret.slice(4, 24));
      }
    },
  );

  test('are blanked in a column that is a list', async () => {
    expect((await passText({ scopes: ['calls:read', secrets.jwt] })).text).toBe(
      lineOut({ scopes: ['calls:read', '[redacted: credential]'] }),
    );
  });
});

describe('denied keys of JSON', () => {
  test.each([
    { card: { brand: 'visa', last4: '4242', exp_month: 4, fingerprint: 'Xt5EWLLDS7FJjR1c' } },
    { a: { b: [{ cvc_check: 'pass', 'exp-year': 2031 }] } },
    { password: 'hunter2' },
    { nested: { list: [{ apiKey: 'abc' }] } },
    { source: { object: 'card', id: 'card_1' } },
    { any: { object: 'payment_method', id: 'pm_1' } },
    { accountNumber: '12345678', routing_number: '110000000' },
  ])('are blanked in a row without anything else in it: %j', async (tree) => {
    const { text } = await passText({ tree });
    expect(text).not.toMatch(/4242|Xt5E|pass"|2031|hunter2|"abc"|card_1|pm_1|12345678|110000000|visa/);
  });
});
