import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import { datasetOf, wordFields } from '../../src/catalogue/look-up.ts';
import { cellOf, MATRIX_COLUMNS, type Gets } from '../../src/graphql/matrix/cells.ts';
import { schema } from '../../src/graphql/schema.ts';
import { shownFields, type ShownField } from '../../src/graphql/shown-fields.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { addOneOfEach } from '../graphql/one-of-each.ts';
import { openGateway, type TestGateway } from '../graphql/open-gateway.ts';
import { actorsAt, datasetDocuments } from './documents.ts';
import { answered, type Answered } from './walk.ts';

const TENANTS = [
  { tenant: 'cp', code: 'CP' },
  { tenant: 'cx', code: 'CX' },
  { tenant: 'ct', code: 'CT' },
  { tenant: 'cn', code: 'CN' },
  { tenant: 'cr', code: 'CR' },
] as const;
const book = loadPolicies();
const documents = datasetDocuments(1);
const shown = Map.groupBy(shownFields(schema), ({ type, field }) => `${type}.${field}`);

let at: TestGateway;
type Row = Readonly<Record<string, unknown>>;
const rows = new Map<string, Row>();

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  for (const { tenant } of TENANTS) {
    await addOneOfEach(at.prisma, tenant, 'canary');
    const models = new Set([...shown.values()].flat().flatMap(({ of }) => ('model' in of ? [of.model] : [])));
    for (const model of models) {
      const delegate = (at.prisma as unknown as Record<string, { findFirst(query: object): Promise<Row | null> }>)[
        `${model.charAt(0).toLowerCase()}${model.slice(1)}`
      ];
      const row = await delegate?.findFirst({ where: { tenantId: tenant } });
      if (row != null) rows.set(`${tenant} ${model}`, row);
    }
  }
});
afterAll(() => at[Symbol.asyncDispose]());

/** For answering a request, for support, and for bills: of each policy the first purpose of the class. */
function purposesAt(code: string): readonly string[] {
  const { purposes } = book.policyOf(code);
  const first = (name: string) =>
    purposes.find(({ enabled, classes }) => enabled && classes.some((each) => each === name))?.id ?? [];
  return [REQUEST_PURPOSE, first('SUPPORT'), first('BILLING'), first('SERVICE')].flat();
}

describe.each(TENANTS)('A-17: under $code each value is what its entry says', ({ tenant, code }) => {
  test.each(actorsAt(tenant))('for a $title', async ({ title, actor }) => {
    const column = MATRIX_COLUMNS.find((each) => each.title === title);
    if (column === undefined) throw new TypeError(title);
    const seen = new Map<Gets, number>();
    for (const purpose of purposesAt(code)) {
      for (const query of documents) {
        const { data, errors, extensions } = await at.ask(actor, query, { purpose, variables: { id: 'ann' } });
        const nulls = (extensions?.privacy?.nulls ?? []) as readonly Note[];
        const masked = (extensions?.privacy?.masked ?? []) as readonly Note[];
        if (errors !== undefined) {
          expect(errors.map((error) => error.extensions?.code)).toEqual(['PURPOSE_REQUIRED']);
          expect(data).toEqual({ subject: null });
          continue;
        }
        const notes = { nulls: byPath(nulls), masked: byPath(masked) };
        for (const each of answered(data)) {
          for (const field of shown.get(`${each.type}.${each.field}`) ?? []) {
            const { words, raw } = stored(tenant, field);
            const cell = cellOf(book.policyOf(code), column, field, words);
            const gets = cell.get(cell.size === 1 ? [...cell.keys()].join('') : purpose) ?? 'PURPOSE_REQUIRED';
            seen.set(gets, (seen.get(gets) ?? 0) + 1);
            check(field, gets, raw, partOf(each, field), notes);
          }
        }
      }
    }
    // Overseers reach nobody; of all others something is compared.
    expect(seen.size > 0).toBe(title !== 'auditor' && title !== 'administrator');
  });
});

interface Note {
  readonly path: readonly (string | number)[];
  readonly reason?: string;
}
interface Notes {
  readonly nulls: ReadonlyMap<string, string | undefined>;
  readonly masked: ReadonlyMap<string, unknown>;
}

function byPath(notes: readonly Note[]): ReadonlyMap<string, string | undefined> {
  return new Map(notes.map(({ path, reason }) => [path.join('.'), reason]));
}

/** The field itself, or its part where it has parts and is there as a whole. */
function partOf(whole: Answered, { part }: ShownField): Answered {
  if (part === null || whole.value === null) return whole;
  return { ...whole, path: [...whole.path, part], value: (whole.value as Row)[part] };
}

function stored(tenant: string, { of }: ShownField): { words: ReadonlyMap<string, string>; raw: unknown } {
  if ('absent' in of) return { words: new Map(), raw: null };
  const row = rows.get(`${tenant} ${of.model}`);
  if (row === undefined) throw new TypeError(`No row of ${of.model}`);
  const words = new Map(wordFields(datasetOf(of.model)).map((field) => [field, String(row[field])]));
  return { words, raw: row[of.column] };
}

function check(field: ShownField, gets: Gets, raw: unknown, { path, value }: Answered, notes: Notes): void {
  const place = path.join('.');
  const told = { value, reason: notes.nulls.get(place) ?? null, masked: notes.masked.has(place) };
  const what = `${field.type}.${field.field} ${field.part ?? ''} at ${place}: ${gets}`;
  const withheld = (reason: string) => ({ value: null, reason, masked: false });
  switch (gets) {
    case 'CLEAR':
    case 'MASKED':
      if (isBlob(field)) expect(told, what).toEqual({ value: raw != null, reason: null, masked: false });
      else if (raw == null) expect(told, what).toEqual(withheld('NOT_COLLECTED'));
      else if (isOthersNumber(field, gets, told.reason)) expect(told, what).toEqual(withheld('WITHHELD'));
      else if (gets === 'MASKED') {
        expect(told, what).toEqual({ value: expect.any(String), reason: null, masked: true });
        expect(value, what).not.toBe(raw);
      } else if (field.leads) expect([value === null, told.reason === null], what).toContain(false);
      else expect(told, what).toEqual({ value: asJson(raw), reason: null, masked: false });
      return;
    case 'COUNT':
      expect(told, what).toEqual(withheld('WITHHELD'));
      return;
    case 'GRANT_ONLY':
      expect(told, what).toEqual(withheld('GRANT_REQUIRED'));
      return;
    default:
      expect(told, what).toEqual(withheld(gets));
  }
}

/** The number of the other side of a call is in clear for whose it is; `ann` has no verified one. */
function isOthersNumber({ type }: ShownField, gets: Gets, reason: string | null): boolean {
  return type === 'CallAsOtherParty' && gets === 'CLEAR' && reason === 'WITHHELD';
}

function isBlob({ of }: ShownField): boolean {
  if (!('model' in of)) return false;
  const entry = datasetOf(of.model).fields[of.column];
  return entry?.kind === 'personal' && entry.format === 'blob';
}

function asJson(raw: unknown): unknown {
  if (raw instanceof Date) return raw.toISOString();
  return typeof raw === 'bigint' ? (Number.isSafeInteger(Number(raw)) ? Number(raw) : String(raw)) : raw;
}

