import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalBytes } from '../../src/bundle/sign/canonical.ts';

const canonical = (value: unknown): string => canonicalBytes(value).toString('utf8');

function double(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE();
}

// RFC 8785, appendix B.
test.each([
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
])('the double %s is written as %s', (hex, text) => {
  expect(canonical(double(hex))).toBe(text);
});

test.each(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])(
  '%s is no number of JSON and is refused',
  (hex) => {
    expect(() => canonical({ n: double(hex) })).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  },
);

test('the example of RFC 8785, section 3.2.2, comes out byte for byte', () => {
  const value: unknown = JSON.parse(String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`);
  expect(canonicalBytes(value).toString('hex')).toBe(
    [
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c',
      '31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d',
    ].join(''),
  );
});

test('members are sorted by UTF-16 code units, as in section 3.2.3', () => {
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  expect(canonical(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
});

test('half of a surrogate pair is refused, in a text and in a name', () => {
  for (const value of ['\ud800', { '\udead': 1 }, [['x\udfff']], JSON.parse('{"a":"\\ud83d"}')])
    expect(() => canonical(value)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});

test('the form does not depend on the order or the spaces in which a value was written, and keeps the value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = canonical(value);
      expect(canonical(JSON.parse(JSON.stringify(value, null, 3)))).toBe(text);
      expect(canonical(JSON.parse(text))).toBe(text);
      expect(JSON.stringify(JSON.parse(text)).length).toBe(text.length);
    }),
  );
});
