import { getNamedType, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REQUEST_PURPOSE } from '../../src/access/declaration.ts';
import { datasetOf, wordFields } from '../../src/catalogue/look-up.ts';
import { cellOf, MATRIX_COLUMNS, type Gets } from '../../src/graphql/matrix/cells.ts';
import { schema } from '../../src/graphql/schema.ts';
import { shownFields, wordsOf, type ShownField } from '../../src/graphql/shown-fields.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { addOneOfEach } from '../graphql/one-of-each.ts';
import { openGateway, type TenantId, type TestGateway } from '../graphql/open-gateway.ts';
import { addPerson, owned } from '../graphql/people.ts';
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

/** Ann's, verified. */
const OWN_NUMBER = '+31205550001';

let at: TestGateway;
const compared = new Set<string>();
type Words = ReadonlyMap<string, string>;
type Row = Readonly<Record<string, unknown>>;
const rows = new Map<string, Row>();

beforeAll(async () => {
  at = await openGateway({ onFault: (error) => console.error(error) });
  const models = new Set([...shown.values()].flat().flatMap(({ of }) => ('model' in of ? [of.model] : [])));
  for (const { tenant } of TENANTS) {
    await addOneOfEach(at.prisma, tenant, 'canary');
    await addCallWithAnn(tenant);
    for (const model of models) {
      const delegate = (at.prisma as unknown as Record<string, { findMany(query: object): Promise<Row[]> }>)[
        `${model.charAt(0).toLowerCase()}${model.slice(1)}`
      ];
      const found = await delegate?.findMany({ where: { tenantId: tenant } });
      for (const row of found ?? []) rows.set(`${tenant} ${model} ${String(row['id'])}`, row);
    }
  }
});

/** A call of somebody else with Ann's verified number at the other end, and her place as a contact of others. */
async function addCallWithAnn(tenantId: TenantId): Promise<void> {
  const startedAt = new Date('2026-11-20T10:00:00Z');
  await addPerson(at.prisma, tenantId, 'ben');
  await at.prisma.subjectIdentifier.create({
    data: { ...owned(tenantId, 'ann', 'phone'), kind: 'PHONE', value: OWN_NUMBER },
  });
  const call = { ...owned(tenantId, 'ben', 'call'), startedAt, durationSeconds: 5, status: 'ANSWERED' } as const;
  const rest = {
    planTier: 'PRO',
    direction: 'OUTBOUND',
    realtimeSessionId: 'session',
    callerIdDisplayed: 'Ben',
  } as const;
  const numbers = { calledNumber: OWN_NUMBER, callingNumber: '+31205550002', counterpartNumber: OWN_NUMBER };
  await at.prisma.callRecord.create({ data: { ...call, ...rest, ...numbers } });
  const analysis = {
    callId: 'call',
    analysis: { mood: 'calm' },
    leadScore: 5,
    outcome: 'sale',
    outcomeClassification: 'won',
  };
  await at.prisma.callAnalysis.create({ data: { ...owned(tenantId, 'ben', 'analysis'), ...analysis } });
  const contact = { where: { tenantId }, data: { contactSubjectId: 'ann' } };
  await at.prisma.technicalContact.updateMany(contact);
  await at.prisma.billingContact.updateMany(contact);
}

afterAll(() => at[Symbol.asyncDispose]());

/** For answering a request, for support, and for bills: of each policy the first purpose of the class. */
function purposesAt(code: string): readonly string[] {
  const { purposes } = book.policyOf(code);
  const first = (name: string) =>
    purposes.find(({ enabled, classes }) => enabled && classes.some((each) => each === name))?.id ?? [];
  return [REQUEST_PURPOSE, first('SUPPORT'), first('BILLING'), first('SERVICE')].flat();
}

describe.each(TENANTS)('A-17: under $code each value is what its entry says', ({ tenant, code }) => {
  test.each(actorsAt(tenant))('$title', async ({ title, actor }) => {
    const column = MATRIX_COLUMNS.find((each) => each.title === title);
    if (column === undefined) throw new TypeError(title);
    const seen = new Set<Gets>();
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
          const entry = (field: ShownField, words: Words): Gets => {
            const cell = cellOf(book.policyOf(code), column, field, words);
            return cell.get(cell.has('') ? '' : purpose) ?? 'PURPOSE_REQUIRED';
          };
          for (const field of shown.get(`${each.type}.${each.field}`) ?? []) {
            const { words, raw } = stored(tenant, field, each.id);
            const gets = entry(field, words);
            seen.add(gets);
            compared.add(nameOf(field));
            check(field, gets, raw, partOf(each, field), notes);
          }
          const closed = rowsOf(each);
          if (closed === null) continue;
          expect(notes.nulls.get(each.path.join('.')), each.path.join('.')).toBeDefined();
          for (const field of closed)
            for (const words of wordsOf(field))
              expect(['CLEAR', 'MASKED', 'OWN_NUMBER'], `${nameOf(field)} for ${purpose}`).not.toContain(
                entry(field, words),
              );
        }
      }
    }
    // Overseers reach nobody; of all others something is compared.
    expect(seen.size > 0).toBe(title !== 'auditor' && title !== 'administrator');
  });
});

test('A-17: every field with an entry was compared', () => {
  expect([...new Set([...shown.values()].flat().map(nameOf))].filter((name) => !compared.has(name))).toEqual([]);
});

function nameOf({ type, field, part }: ShownField): string {
  return [type, field, part].filter((each) => each !== null).join('.');
}

/** The fields of rows that were not told, where a kind of rows was asked for; null where they were told. */
function rowsOf({ type, field, value }: Answered): readonly ShownField[] | null {
  // Somebody without an account has none.
  if (value !== null || type !== 'Subject' || field === 'account') return null;
  const found = (schema.getType(type) as GraphQLObjectType).getFields()[field];
  const named = found === undefined ? '' : getNamedType(found.type).name.replace(/Connection$/, '');
  return shownFields(schema).filter((each) => each.type === named);
}

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

function stored(tenant: string, { of }: ShownField, id: string | null): { words: Words; raw: unknown } {
  if ('absent' in of) return { words: new Map(), raw: null };
  const row = rows.get(`${tenant} ${of.model} ${id}`);
  if (row === undefined) throw new TypeError(`No ${of.model} ${id}`);
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
      else if (gets === 'MASKED') {
        expect(told, what).toEqual({ value: expect.any(String), reason: null, masked: true });
        expect(value, what).not.toBe(raw);
      } else if (field.leads) expect([value === null, told.reason === null], what).toContain(false);
      else expect(told, what).toEqual({ value: asJson(raw), reason: null, masked: false });
      return;
    case 'OWN_NUMBER':
      if (raw == null) expect(told, what).toEqual(withheld('NOT_COLLECTED'));
      else if (raw === OWN_NUMBER) expect(told, what).toEqual({ value: OWN_NUMBER, reason: null, masked: false });
      else expect(told, what).toEqual(withheld('WITHHELD'));
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

function isBlob({ of }: ShownField): boolean {
  if (!('model' in of)) return false;
  const entry = datasetOf(of.model).fields[of.column];
  return entry?.kind === 'personal' && entry.format === 'blob';
}

function asJson(raw: unknown): unknown {
  if (raw instanceof Date) return raw.toISOString();
  return typeof raw === 'bigint' ? (Number.isSafeInteger(Number(raw)) ? Number(raw) : String(raw)) : raw;
}
