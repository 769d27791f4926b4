import { getNamedType, isInterfaceType, isUnionType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import { cellOf, MATRIX_COLUMNS } from '../../src/graphql/matrix/cells.ts';
import { PLAIN_FIELDS } from '../../src/graphql/matrix/plain-fields.ts';
import { schema } from '../../src/graphql/schema.ts';
import { shownFields, wordsOf } from '../../src/graphql/shown-fields.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { addOneOfEach } from '../graphql/one-of-each.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { owned } from '../graphql/people.ts';
import { actorsAt, datasetDocuments, WAYS } from './documents.ts';
import { answered } from './walk.ts';

const TENANTS = [
  { tenant: 'cp', code: 'CP' },
  { tenant: 'cx', code: 'CX' },
  { tenant: 'ct', code: 'CT' },
  { tenant: 'cn', code: 'CN' },
  { tenant: 'cr', code: 'CR' },
] as const;
const book = loadPolicies();

let at: TestGateway;
beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  for (const { tenant } of TENANTS) {
    await addOneOfEach(at.prisma, tenant, 'canary');
    const value = `ann@${tenant}.example.org`;
    await at.prisma.subjectIdentifier.create({ data: { ...owned(tenant, 'ann', 'mail'), kind: 'EMAIL', value } });
  }
});
afterAll(() => at[Symbol.asyncDispose]());

const KEPT = Object.entries(PLAIN_FIELDS).flatMap(([name, who]) =>
  name.endsWith('.*') && who === 'The person and privacy staff.' ? [name.slice(0, -2)] : [],
);

/** The types of rows of which a column of the matrix gets no value at all for a purpose. */
function closedTypes(code: string, title: string, purpose: string): ReadonlySet<string> {
  const policy = book.policyOf(code);
  const column = MATRIX_COLUMNS.find((each) => each.title === title);
  if (column === undefined) throw new TypeError(title);
  // Rows of the gateway's own about a person show no item; who gets them is written down.
  const open = new Set(title === 'subject' || title === 'privacy staff' ? KEPT : []);
  const all = new Set(KEPT);
  for (const shown of shownFields(schema)) {
    if ('absent' in shown.of) continue;
    all.add(shown.type);
    for (const words of wordsOf(shown)) {
      const cell = cellOf(policy, column, shown, words);
      const gets = cell.get(cell.has('') ? '' : purpose) ?? 'PURPOSE_REQUIRED';
      if (gets === 'CLEAR' || gets === 'MASKED' || gets === 'OWN_NUMBER') open.add(shown.type);
    }
  }
  return all.difference(open);
}

/** Paths of four fields, pages apart: a person, a kind of rows, and what is left of relations from there. */
const deep = [
  ...datasetDocuments(2),
  ...datasetDocuments(1, 'PLAIN', WAYS.FOUND),
  ...datasetDocuments(1, 'PLAIN', WAYS.ONESELF),
];

describe.each(TENANTS)(
  'A-22: under $code no way of up to four fields leads to rows that are closed',
  ({ tenant, code }) => {
    test.each(actorsAt(tenant))('$title', async ({ title, actor }) => {
      const purpose = book.policyOf(code).purposes.find(({ enabled }) => enabled)?.id ?? '';
      const closed = closedTypes(code, title, purpose);
      expect(closed.size).toBeGreaterThan(0);
      const variables = { id: 'ann', text: `ann@${tenant}.example.org` };
      let people = 0;
      for (const query of deep) {
        const { data, errors } = await at.ask(actor, query, { purpose, variables });
        expect(errors).toBeUndefined();
        people += [...answered(data)].filter(({ type, field }) => type === 'Subject' && field !== 'id').length;
        const reached = [...answered(data)].filter(({ type }) => closed.has(type));
        expect(reached.map(({ type, path }) => `${type} at ${path.join('.')}`)).toEqual([]);
      }
    });
  },
);

test('A-23: the schema has no interface and no union through which a field could be had', () => {
  const found = Object.values(schema.getTypeMap()).filter((type) => isInterfaceType(type) || isUnionType(type));
  expect(found).toEqual([]);
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
  expect(fields.filter(({ type }) => /Interface|Union/.test(getNamedType(type).name))).toEqual([]);
});

test.each(TENANTS)(
  'A-23: under $code a fragment on the concrete type gives what the field gives',
  async ({ tenant, code }) => {
    const { purposes } = book.policyOf(code);
    const support = purposes.find(({ enabled }) => enabled)?.id ?? '';
    const inline = datasetDocuments(1, 'INLINE_FRAGMENTS');
    for (const { actor, title } of actorsAt(tenant)) {
      const purpose = title === 'privacy staff' ? REQUEST_PURPOSE : support;
      for (const [index, query] of datasetDocuments(1).entries()) {
        const plain = await at.ask(actor, query, { purpose, variables: { id: 'ann' } });
        const through = await at.ask(actor, inline[index] ?? '', { purpose, variables: { id: 'ann' } });
        expect(withoutTypes(through)).toEqual(plain);
      }
    }
  },
);

function withoutTypes(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (key, value: unknown) => (key === '__typename' ? undefined : value));
}
