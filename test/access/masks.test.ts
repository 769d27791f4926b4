import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SENSITIVITIES } from '../../src/catalogue/vocabulary.ts';
import {
  maskEmail,
  maskId,
  maskIp,
  maskLicenceKey,
  maskPhone,
  maskValue,
  type MaskFormat,
} from '../../src/access/masks.ts';

test.each([
  [maskEmail, 'Jan@example.org', 'j•••@•••'],
  [maskEmail, 'nobody', '•••'],
  [maskEmail, 'İsmail@example.org', '•••@•••'],
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
  [maskId, '0123456789ab😀', '•••'],
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

/** All that a mask of a format can look like; what is between the ends is never told, nor how much it is. */
const SHAPES = {
  EMAIL: /^(?:•••|[a-z0-9]?•••@•••)$/,
  PHONE: /^•••(?:\d{3})?$/,
  IP: /^(?:•••|(?:\d{1,3}\.){3}0\/24|(?:[\da-f]{1,4}:){3}:\/48)$/,
  ID: /^•••(?:[\w-]{4})?$/,
  LICENCE_KEY: /^XXXX-…(?:-[\w-]{4})?$/,
  OTHER: /^•••$/,
} as const satisfies Record<MaskFormat, RegExp>;
const FORMATS = Object.keys(SHAPES) as readonly MaskFormat[];

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.emailAddress(),
  fc.ipV4(),
  fc.ipV6(),
  fc.uuid(),
  fc.stringMatching(/^\+\d{1,20}$/),
  fc.stringMatching(/^[\w-]{1,80}$/),
);

test('A-45: a mask has the shape of its format, whatever it hides', () => {
  fc.assert(
    fc.property(
      anything,
      fc.constantFrom(...SENSITIVITIES),
      fc.constantFrom(...FORMATS),
      (value, sensitivity, format) => {
        const mask = maskValue(value, sensitivity, format);
        expect(mask === '•••' || SHAPES[format].test(mask), mask).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test('A-45: of values that differ in the hidden part alone, however long it is, the masks are the same', () => {
  const middle = fc.string({ minLength: 0, maxLength: 200 });
  const digits = fc.stringMatching(/^[1-9]\d{3,11}$/);
  const host = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(middle, middle, digits, digits, host, host, (a, b, one, other, high, low) => {
      expect(maskEmail(`x${a}@${b}`)).toBe(maskEmail(`x${b}@${a}`));
      expect(maskPhone(`+${one}678`)).toBe(maskPhone(`+${other}678`));
      expect(maskIp(`198.51.100.${high}`)).toBe(maskIp(`198.51.100.${low}`));
      expect(maskIp(`2001:db8:1:${high.toString(16)}::1`)).toBe(maskIp(`2001:db8:1::${low.toString(16)}`));
      expect(maskId(`${a}12345678beef`)).toBe(maskId(`${b}12345678beef`));
      expect(maskLicenceKey(`${a}0123456789abbeef`)).toBe(maskLicenceKey(`${b}0123456789abbeef`));
    }),
  );
});

test('a secret shows nothing in any format', () => {
  for (const format of ['EMAIL', 'PHONE', 'IP', 'ID', 'LICENCE_KEY', 'OTHER'] as const)
    expect(maskValue('+31612345678', 'SECRET_NEVER', format)).toBe('•••');
});
