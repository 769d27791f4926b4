import { afterAll, beforeAll, expect, test } from 'vitest';
import { cellOf, MATRIX_COLUMNS } from '../../src/graphql/matrix/cells.ts';
import { schema } from '../../src/graphql/schema.ts';
import { shownFields, wordsOf } from '../../src/graphql/shown-fields.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { actorsAt } from './documents.ts';

let at: TestGateway;
beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
});
afterAll(() => at[Symbol.asyncDispose]());

const QUERY = '{ fieldAccess { type field part item name sensitivity gets reason rows } }';

interface Told {
  readonly type: string;
  readonly field: string;
  readonly part: string | null;
  readonly item: string;
  readonly gets: string;
  readonly reason: string | null;
  readonly rows: string | null;
}

test.each(actorsAt('cr'))(
  '$title: the schema tells what is got of each field as the matrix does, without a look at the data',
  async ({ title, actor }) => {
    const policy = loadPolicies().policyOf('CR');
    const column = MATRIX_COLUMNS.find((each) => each.title === title);
    if (column === undefined) throw new TypeError(title);
    at.statements();
    const { data, errors } = await at.ask(actor, QUERY, { purpose: 'CR-P1' });
    expect(errors).toBeUndefined();
    expect(at.statements().join('\n')).not.toMatch(
      /FROM ("public"\.)?"?(?:subject|account|call_record|access_grant)\b/i,
    );
    const { fieldAccess } = data as { readonly fieldAccess: readonly Told[] };
    const told = Map.groupBy(fieldAccess, ({ type, field, part }) => `${type}.${field}.${part}`);
    for (const shown of shownFields(schema)) {
      const entries = told.get(`${shown.type}.${shown.field}.${shown.part}`) ?? [];
      expect(entries.length).toBeGreaterThan(0);
      for (const words of wordsOf(shown)) {
        const cell = cellOf(policy, column, shown, words);
        const gets = cell.get(cell.has('') ? '' : 'CR-P1');
        const meant = entries.filter(({ rows }) => rows === null || covers(rows, words));
        expect(meant.map((entry) => (entry.gets === 'DENIED' ? entry.reason : entry.gets))).toEqual([
          gets === 'OWN_NUMBER' ? 'CLEAR' : gets,
        ]);
      }
    }
  },
);

/** `kind EMAIL or PHONE, channel CHAT` covers rows that have one of each. */
function covers(rows: string, words: ReadonlyMap<string, string>): boolean {
  return rows.split(', ').every((part) => {
    const [field = '', ...rest] = part.split(' ');
    return rest
      .join(' ')
      .split(' or ')
      .includes(words.get(field) ?? '');
  });
}
