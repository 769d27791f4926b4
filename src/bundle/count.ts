import { column, ownedBy, table } from '../holdings/subject-path.ts';
import { isVariant, type Words } from '../holdings/variants.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { placeOf, type Fate, type Section } from './plan.ts';
import { notExpired, selectionOf, type Place, type SelectScope } from './select.ts';

/** Why a value is not in the bundle, and of how many rows that is true. */
export interface Omission {
  /** The policy's item id, or null for a column that the policy does not name. */
  readonly item: string | null;
  readonly field: string;
  readonly reason: string;
  readonly detail: string | null;
  /** Null where a count would confirm what only the controller may confirm (Art. 28(3)). */
  readonly count: number | null;
}

/** What one snapshot says of a section before its rows are read. */
export interface SectionCounts {
  readonly section: Section;
  readonly expected: { readonly [P in Place]: number };
  /** Rows left out of PORTABILITY because their retention has run out. */
  readonly expired: number;
  /** Rows held whose retention has run out, told under Art. 15. */
  readonly overdue: number;
  readonly undeclared: readonly string[];
  readonly omissions: readonly Omission[];
  /** What Art. 15(1) tells of the rows besides; null in PORTABILITY, which tells none of it. */
  readonly told: ToldCounts | null;
}

/** What is there of a section for one person, and from where. */
export interface ToldCounts {
  /** The items of which a value is there, by id. */
  readonly items: readonly string[];
  /** The systems that handed the rows over, by name; none where the dataset does not say. */
  readonly systems: readonly string[];
  /** Until when the last of its secrets is good, where its rows say that (trap X39). */
  readonly secretsUntil: string | null;
}

const NOTHING_SAID = {
  expected: { data: 0, context: 0 },
  expired: 0,
  overdue: 0,
  undeclared: [],
  told: null,
} as const;

/** True when all that the policy names here is for another controller to tell: then not even a count is taken. */
function isAnothers({ columns }: Section): boolean {
  const fates = columns.flatMap(({ cases }) => cases.map(({ fate }) => fate));
  return fates.some(({ kind }) => kind === 'ROUTE') && fates.every((fate) => placeOf(fate) === null);
}

/** What is left out of a section that says nothing of its rows: the same whether or not there are any. */
function routedOf({ columns }: Section): Omission[] {
  const fates = columns.flatMap(({ field, cases }) => byFate(cases).map((each) => ({ ...each, field })));
  // What the policy does not name goes the way of what it names beside it.
  const way = fates.find(({ fate }) => fate.kind === 'ROUTE');
  return fates.map(({ item, fate, field }) => ({
    item,
    field,
    ...reasonOf(fate.kind === 'UNDECLARED' && way !== undefined ? way.fate : fate),
    count: null,
  }));
}

interface Counter {
  readonly sql: Sql;
  readonly take: (count: number) => void;
}

/** Counts a section in the reader's snapshot: the rows each file must have, and the values each omission covers. */
export async function countSection(reader: Reader, scope: SelectScope, section: Section): Promise<SectionCounts> {
  if (isAnothers(section)) return { ...NOTHING_SAID, section, omissions: routedOf(section) };
  const owned = ownedBy(section.dataset, section.relation, scope.subject);
  const expected = { data: 0, context: 0 };
  const totals = { expired: 0, overdue: 0 };
  const omissions: Omission[] = [];
  const undeclared: string[] = [];
  const items = new Set<string>();
  const access = scope.plan.scope === 'ACCESS';
  const counters: Counter[] = [];

  for (const place of ['data', 'context'] as const) {
    const selection = selectionOf(scope, section, place);
    if (selection !== null)
      counters.push({
        sql: sql`count(*) FILTER (WHERE ${selection.where})`,
        take: (count) => void (expected[place] = count),
      });
  }
  const live = notExpired(scope, section.dataset);
  if (section.columns.some(({ cases }) => cases.some(({ fate }) => placeOf(fate) !== null))) {
    counters.push({
      sql: sql`count(*) FILTER (WHERE NOT ${live})`,
      take: (count) => void (totals[scope.plan.scope === 'PORTABILITY' ? 'expired' : 'overdue'] = count),
    });
  }
  for (const { field, cases } of section.columns) {
    for (const { item, fate, variants } of byFate(cases)) {
      if (placeOf(fate) !== null && fate.kind !== 'UNDECLARED') {
        if (access && item !== null)
          counters.push({
            sql: values(section, field, variants),
            take: (count) => void (count > 0 && items.add(item)),
          });
        continue;
      }
      const of = { item, field, ...reasonOf(fate) };
      if (fate.kind === 'ROUTE') {
        omissions.push({ ...of, count: null });
        continue;
      }
      counters.push({
        sql: values(section, field, variants),
        take: (count) => {
          if (fate.kind === 'UNDECLARED' && count > 0) undeclared.push(field);
          if (fate.kind === 'UNDECLARED' ? !fate.included && count > 0 : true) omissions.push({ ...of, count });
        },
      });
    }
  }
  for (const { field, item } of section.secrets) {
    counters.push({
      sql: sql`count(${column('t', field)})`,
      take: (count) =>
        void (
          count > 0 &&
          omissions.push({ item: item?.id ?? null, field, reason: 'SECRET', detail: 'held, never handed out', count })
        ),
    });
  }
  if (owned !== null && counters.length > 0) {
    const list = counters.map((counter, index) => sql`${counter.sql} AS ${sql.identifier(`c${index}`)}`);
    const [row] = await reader.query<Record<string, string>>(
      sql`SELECT ${sql.join(list)} FROM ${table(section.dataset)} t WHERE ${owned}`,
    );
    counters.forEach((counter, index) => counter.take(Number(row?.[`c${index}`] ?? 0)));
  }
  const told =
    access && owned !== null
      ? { items: [...items].toSorted(), ...(await originOf(reader, scope, section, expected.data + expected.context)) }
      : null;
  return { section, expected, ...totals, undeclared, omissions, told };
}

function values(section: Section, field: string, variants: readonly Words[]): Sql {
  return sql`count(${column('t', field)}) FILTER (WHERE ${isVariant(section.dataset, variants) ?? sql`true`})`;
}

/** Where the rows that are told came from, and until when their secrets are good; nothing is asked where none are told. */
async function originOf(
  reader: Reader,
  scope: SelectScope,
  section: Section,
  rows: number,
): Promise<Omit<ToldCounts, 'items'>> {
  const { dataset } = section;
  const where = (['data', 'context'] as const).flatMap((place) => selectionOf(scope, section, place)?.where ?? []);
  const expiry = section.secrets.length === 0 ? undefined : dataset.triggers?.['session.expiresAt'];
  if (rows === 0 || where.length === 0 || !('sourceSystem' in dataset.fields))
    return { systems: [], secretsUntil: null };
  const from = sql`FROM ${table(dataset)} t WHERE ${sql.join(
    where.map((each) => sql`(${each})`),
    sql` OR `,
  )}`;
  const until = expiry === undefined ? sql`NULL::timestamptz` : sql`(SELECT max(${column('t', expiry)}) ${from})`;
  const [row] = await reader.query<{ systems: string[]; until: Date | null }>(
    sql`SELECT ARRAY(SELECT s FROM (SELECT DISTINCT t.source_system AS s ${from}) d ORDER BY s COLLATE "C") AS systems, ${until} AS until`,
  );
  return { systems: row?.systems ?? [], secretsUntil: row?.until?.toISOString() ?? null };
}

function byFate(
  cases: Section['columns'][number]['cases'],
): readonly { item: string | null; fate: Fate; variants: Words[] }[] {
  const groups = new Map<string, { item: string | null; fate: Fate; variants: Words[] }>();
  for (const { item, fate, words } of cases) {
    const key = JSON.stringify([item?.id ?? null, fate]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { item: item?.id ?? null, fate, variants: [words] });
    else group.variants.push(words);
  }
  return [...groups.values()];
}

function reasonOf(fate: Fate): { readonly reason: string; readonly detail: string | null } {
  switch (fate.kind) {
    case 'WITHHOLD':
    case 'NEVER':
      return { reason: fate.reason, detail: null };
    case 'ROUTE':
      return { reason: fate.status, detail: fate.to };
    case 'REFER':
      return { reason: fate.where === 'DEVICE' ? 'HELD_ON_DEVICE' : 'HELD_BY_THIRD_PARTY', detail: fate.party };
    case 'UNDECLARED':
      return { reason: 'UNDECLARED', detail: 'the policy does not name it' };
    case 'INCLUDE':
    case 'CONTEXT':
      throw new TypeError('an included value is no omission');
    default:
      return fate satisfies never;
  }
}
