import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowIds } from '../../src/bundle/witness/row-ids.ts';

const lines = (...each: readonly string[]): Buffer => Buffer.from(each.map((line) => `${line}\n`).join(''));

const plain = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
const anyText = fc.oneof(
  plain,
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"', '\\', '\\"', '","id":"x', '\n', 'é', '😀', '', ' '),
);
const value = fc.oneof(anyText, fc.integer(), fc.constant(null), fc.record({ id: anyText, subjectId: anyText }));
const row = fc
  .tuple(
    fc.record({ subjectId: anyText, id: anyText, more: value, name: value }),
    // The order of the properties, of which the first two are the usual case.
    fc.constantFrom(
      ['subjectId', 'id', 'more', 'name'],
      ['id', 'subjectId', 'more'],
      ['subjectId', 'more', 'id'],
      ['id'],
    ),
  )
  .map(([properties, order]) =>
    JSON.stringify(Object.fromEntries(order.map((name) => [name, properties[name as keyof typeof properties]]))),
  );

test('ids taken from the bytes are those that parsing finds, whatever the rows hold', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
      expect(rowIds(lines(...rows))).toEqual(rows.map((line) => (JSON.parse(line) as { id: string }).id));
    }),
    { numRuns: 2000 },
  );
});

test('an id that hides in another value is not taken for the row’s', () => {
  expect(
    rowIds(
      lines(
        String.raw`{"subjectId":"a\",\"id\":\"evil","id":"true_1"}`,
        String.raw`{"subjectId":"a\\","id":"true_2","x":{"subjectId":"a","id":"evil"}}`,
        `{"x":{"subjectId":"a","id":"evil"},"id":"true_3"}`,
        String.raw`{"subjectId":"a","id":"true\u005f4"}`,
      ),
    ),
  ).toEqual(['true_1', 'true_2', 'true_3', 'true_4']);
});

test('no lines are no ids', () => {
  expect(rowIds(Buffer.alloc(0))).toEqual([]);
});

test('a row without an id, or whose id is no text, cannot be vouched for', () => {
  for (const line of [`{"subjectId":"a"}`, `{"subjectId":"a","id":7}`, `{"subjectId":"a","id":null}`]) {
    expect(() => rowIds(lines(line)), line).toThrow(expect.objectContaining({ code: 'BUNDLE_FAILED' }));
  }
});

test('half a line is refused', () => {
  expect(() => rowIds(Buffer.from('{"subjectId":"a","id":"b"}'))).toThrow(
    expect.objectContaining({ code: 'BUNDLE_FAILED' }),
  );
});
