import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SENSITIVITIES } from '../../src/catalogue/vocabulary.ts';
import { maskEmail, maskId, maskIp, maskLicenceKey, maskPhone, maskValue } from '../../src/access/masks.ts';

test.each([
  [maskEmail, 'Jan@example.org', 'j•••@•••'],
  [maskEmail, 'nobody', '•••'],
  [maskPhone, '+31612345678', '•••678'],
  [maskPhone, '0612345678', '•••'],
  [maskPhone, '+123', '•••'],
  [maskIp, '203.0.113.77', '203.0.113.0/24'],
  [maskIp, '2001:db8:abcd:12::1', '2001:db8:abcd::/48'],
  [maskIp, '::1', '0:0:0::/48'],
  [maskIp, '::ffff:203.0.113.77', '203.0.113.0/24'],
  [maskIp, '2001:0DB8::', '2001:db8:0::/48'],
  [maskIp, '999.1.1.1', '•••'],
  [maskId, 'cus_NffrFeUfNV2Hib', '•••2Hib'],
  [maskId, 'short', '•••'],
  [maskLicenceKey, '38b1460a-5104-4067-a91d-77b872934d51', 'XXXX-…-4d51'],
  [maskLicenceKey, 'abc', 'XXXX-…'],
])('%o hides %s as %s', (mask, value, expected) => {
  expect(mask(value)).toBe(expected);
});

test('a mask of a text never tells its length', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      for (const sensitivity of SENSITIVITIES) expect(maskValue(value, sensitivity, 'OTHER')).toBe('•••');
    }),
  );
});

test('two long values with the same end have the same mask', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12 }), fc.string({ minLength: 12 }), (a, b) => {
      expect(maskId(`${a}beef`)).toBe(maskId(`${b}beef`));
      expect(maskLicenceKey(`${a}beef`)).toBe(maskLicenceKey(`${b}beef`));
    }),
  );
});

test('a secret shows nothing in any format', () => {
  for (const format of ['EMAIL', 'PHONE', 'IP', 'ID', 'LICENCE_KEY', 'OTHER'] as const)
    expect(maskValue('+31612345678', 'SECRET_NEVER', format)).toBe('•••');
});
