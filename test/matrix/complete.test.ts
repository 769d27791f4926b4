import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { extendSchema, isObjectType, parse } from 'graphql';
import { expect, test } from 'vitest';
import { datasetOf, datasets } from '../../src/catalogue/look-up.ts';
import { fieldEntries } from '../../src/graphql/matrix/entries.ts';
import { accessMatrix } from '../../src/graphql/matrix/matrix.ts';
import { PLAIN_FIELDS } from '../../src/graphql/matrix/plain-fields.ts';
import { printAccessMatrix } from '../../src/graphql/matrix/print.ts';
import { schema } from '../../src/graphql/schema.ts';
import { shownFields } from '../../src/graphql/shown-fields.ts';
import { MATRIX_COLUMNS, purposesOf } from '../../src/graphql/matrix/cells.ts';
import { loadPolicies } from '../../src/policy/book.ts';

const { policies } = loadPolicies();

test('A-16, A-30: of every field of the schema somebody has said who gets it', () => {
  const open = [...fieldEntries(schema)].flatMap(([name, entry]) => (entry === null ? [name] : []));
  expect(open).toEqual([]);
});

test.each([
  ['extend type Query { everything: JSON }', 'Query.everything'],
  ['extend type Mutation { deleteEverything: Boolean }', 'Mutation.deleteEverything'],
  ['extend type Subject { shoeSize: Int }', 'Subject.shoeSize'],
  ['extend type CallRecord { note: String }', 'CallRecord.note'],
  ['type Diary { entry: String } extend type Account { diary: Diary }', 'Diary.entry'],
  ['type Diary { entry: String } extend type Account { diary: Diary }', 'Account.diary'],
])('A-16: a field that nobody has listed has no entry: %s', (extension, field) => {
  const extended = extendSchema(schema, parse(extension));
  expect(fieldEntries(extended).get(field)).toBeNull();
});

test('A-16: what is listed is there', () => {
  const gone = Object.keys(PLAIN_FIELDS).filter((name) => {
    const [type = '', field = ''] = name.split('.');
    const found = schema.getType(type);
    return !isObjectType(found) || (field !== '*' && found.getFields()[field] === undefined);
  });
  expect(gone).toEqual([]);
});

test.each(policies)(
  'A-16: under $code each field that shows an item has an entry for every actor and purpose',
  (policy) => {
    const rows = accessMatrix(schema, policy);
    const named = ({ type, field, part }: (typeof rows)[number]) => `${type}.${field}.${part}`;
    expect(new Set(rows.map(named))).toEqual(new Set(shownFields(schema).map((each) => named(each as never))));
    for (const { cells } of rows)
      expect(cells.map((cell) => [...cell.keys()])).toEqual(MATRIX_COLUMNS.map((column) => purposesOf(policy, column)));
  },
);

test('every personal column is shown by a field with an entry', () => {
  const columns = datasets.flatMap(({ model, fields }) =>
    Object.entries(fields).flatMap(([column, { kind }]) => (kind === 'personal' ? [`${model}.${column}`] : [])),
  );
  const shown = shownFields(schema).flatMap(({ of }) => ('model' in of ? [`${of.model}.${of.column}`] : []));
  expect(columns.filter((column) => !shown.includes(column))).toEqual([]);
});

test('every kind of rows is shown in a relation in which its people stand to it', () => {
  const apart = shownFields(schema).filter(
    ({ of }) => 'model' in of && !Object.hasOwn(datasetOf(of.model).subjects, of.relation),
  );
  expect([...new Set(apart.map(({ type }) => type))]).toEqual([]);
});

test('docs/access-matrix.md is what the rules say: node src/graphql/matrix/print.ts > docs/access-matrix.md', () => {
  const committed = readFileSync(fileURLToPath(new URL('../../docs/access-matrix.md', import.meta.url)), 'utf8');
  expect(printAccessMatrix(policies)).toBe(committed);
});
