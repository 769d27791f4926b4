import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseEmail, normalisePhone } from '../../src/sources/values/identifiers.ts';

describe('normal forms', () => {
  test('are their own normal form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const email = normaliseEmail(`${text}@example.com`);
        if (email !== null) expect(normaliseEmail(email)).toBe(email);
        const phone = normalisePhone(text, 'NL');
        if (phone !== null) expect(normalisePhone(phone, 'FR')).toBe(phone);
      }),
    );
  });

  test('of an address do not depend on case, outer space or composition', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9éüÅß._+-]{1,20}$/);
    fc.assert(
      fc.property(part, fc.domain(), (local, domain) => {
        const address = `${local}@${domain}`;
        const normal = normaliseEmail(address);
        expect(normal).not.toBeNull();
        for (const written of [` ${address}\t`, address.normalize('NFD'), address.toUpperCase().toLowerCase()])
          expect(normaliseEmail(written)).toBe(normaliseEmail(written.trim().normalize('NFC')));
        expect(normaliseEmail(address.normalize('NFD'))).toBe(normal);
      }),
    );
  });

  test('of a number do not depend on how it is grouped', () => {
    const digits = fc.integer({ min: 10_000_000, max: 99_999_999 }).map((number) => `6${number}`);
    fc.assert(
      fc.property(digits, fc.constantFrom(' ', '-', '.', ''), (number, gap) => {
        const grouped = `${number.slice(0, 3)}${gap}${number.slice(3, 6)}${gap}${number.slice(6)}`;
        expect(normalisePhone(`0${grouped}`, 'NL')).toBe(`+31${number}`);
        expect(normalisePhone(`+31 ${grouped}`, null)).toBe(`+31${number}`);
        expect(normalisePhone(`0${grouped}`, null)).toBeNull();
      }),
    );
  });

  test.each([
    '*97',
    '1001',
    'anonymous',
    'sip:ada@example.com',
    'client:ada',
    '',
    'call 0201234567 now',
    '+31201234567 x12',
  ])('have no place for %j as a number', (text) => {
    expect(normalisePhone(text, 'NL')).toBeNull();
  });

  test.each(['ada', 'ada@', '@example.com', 'Ada <ada@example.com>', 'a@b@c', 'a b@example.com'])(
    'have no place for %j as an address',
    (text) => {
      expect(normaliseEmail(text)).toBeNull();
    },
  );

  test('keep dots and tags, which mean different people at some hosts', () => {
    expect(normaliseEmail('A.da+x@Example.com')).toBe('a.da+x@example.com');
  });
});
