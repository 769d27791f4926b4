import { column } from '../holdings/subject-path.ts';
import { isVariant, type Words } from '../holdings/variants.ts';
import { sql, type Sql } from '../store/sql.ts';
import { kept } from './kept.ts';
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

/** How many rows and values of a section there are, and what of them is left out. */
export interface Tallied {
  readonly expected: { readonly [P in Place]: number };
  /** Rows left out of PORTABILITY because their retention has run out. */
  readonly expired: number;
  /** Rows held whose retention has run out, told under Art. 15. */
  readonly overdue: number;
  readonly undeclared: readonly string[];
  readonly omissions: readonly Omission[];
  /** The items of which a value is there and told, by id; none in PORTABILITY. */
  readonly items: readonly string[];
}

/** What is to be counted of a section. */
export interface Tally {
  /** Aggregates over its rows. */
  readonly counts: readonly Sql[];
  /** What the counts, in their order, come to. */
  read(counts: readonly number[]): Tallied;
}

interface Counter {
  readonly sql: Sql;
  readonly take: (found: Found, count: number) => void;
}

const NOTHING = { expected: { data: 0, context: 0 }, expired: 0, overdue: 0, undeclared: [], items: [] } as const;

/** What a section of which nothing is held comes to, or of which nobody here may tell. */
export const untallied = kept((section: Section): Tallied => {
  return { ...NOTHING, omissions: isAnothers(section) ? routedOf(section) : routedColumns(section) };
});

/** True when all that the policy names here is for another controller to tell: then not even a count is taken. */
export const isAnothers = kept(({ columns }: Section): boolean => {
  const fates = columns.flatMap(({ cases }) => cases.map(({ fate }) => fate));
  return fates.some(({ kind }) => kind === 'ROUTE') && fates.every((fate) => placeOf(fate) === null);
});

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

interface Found {
  readonly expected: { data: number; context: number };
  expired: number;
  overdue: number;
  readonly undeclared: string[];
  readonly omissions: Omission[];
  readonly items: Set<string>;
}

/** What to count of a section: the rows that each file must have, and the values that each omission covers. */
export function tallyOf(scope: SelectScope, section: Section): Tally {
  const counters = [...rowCounters(scope, section), ...columnCounters(scope, section), ...secretCounters(section)];
  return {
    counts: counters.map((counter) => counter.sql),
    read(counts) {
      const expected = { data: 0, context: 0 };
      const found: Found = { expected, expired: 0, overdue: 0, undeclared: [], omissions: [], items: new Set() };
      found.omissions.push(...routedColumns(section));
      for (const [index, { take }] of counters.entries()) take(found, counts[index] ?? 0);
      return { ...found, items: [...found.items].toSorted() };
    },
  };
}

function rowCounters(scope: SelectScope, section: Section): Counter[] {
  const files = (['data', 'context'] as const).flatMap((place): Counter[] => {
    const selection = selectionOf(scope, section, place);
    if (selection === null) return [];
    const take = (found: Found, count: number): void => void (found.expected[place] = count);
    return [{ sql: sql`count(*) FILTER (WHERE ${selection.where})`, take }];
  });
  if (!section.columns.some(({ cases }) => cases.some(({ fate }) => placeOf(fate) !== null))) return files;
  const late = scope.plan.scope === 'PORTABILITY' ? 'expired' : 'overdue';
  const live = notExpired(scope, section.dataset);
  const take = (found: Found, count: number): void => void (found[late] = count);
  return [...files, { sql: sql`count(*) FILTER (WHERE NOT ${live})`, take }];
}

function columnCounters({ plan }: SelectScope, section: Section): Counter[] {
  return section.columns.flatMap(({ field, cases }) =>
    byFate(cases).flatMap(({ item, fate, variants }): Counter[] => {
      const counted = values(section, field, variants);
      if (placeOf(fate) !== null && fate.kind !== 'UNDECLARED') {
        if (plan.scope !== 'ACCESS' || item === null) return [];
        return [{ sql: counted, take: ({ items }, count) => void (count > 0 && items.add(item)) }];
      }
      if (fate.kind === 'ROUTE') return [];
      const of = { item, field, ...reasonOf(fate) };
      if (fate.kind !== 'UNDECLARED')
        return [{ sql: counted, take: ({ omissions }, count) => void omissions.push({ ...of, count }) }];
      const take = ({ undeclared, omissions }: Found, count: number): void => {
        if (count === 0) return;
        undeclared.push(field);
        if (!fate.included) omissions.push({ ...of, count });
      };
      return [{ sql: counted, take }];
    }),
  );
}

/** What the controller is to tell has no count. */
function routedColumns({ columns }: Section): Omission[] {
  return columns.flatMap(({ field, cases }) =>
    byFate(cases).flatMap(({ item, fate }) =>
      fate.kind === 'ROUTE' ? [{ item, field, ...reasonOf(fate), count: null }] : [],
    ),
  );
}

function secretCounters({ secrets }: Section): Counter[] {
  return secrets.map(({ field, item }) => {
    const of = { item: item?.id ?? null, field, reason: 'SECRET', detail: 'held, never handed out' };
    const take = ({ omissions }: Found, count: number): void => void (count > 0 && omissions.push({ ...of, count }));
    return { sql: sql`count(${column('t', field)})`, take };
  });
}

function values(section: Section, field: string, variants: readonly Words[]): Sql {
  return sql`count(${column('t', field)}) FILTER (WHERE ${isVariant(section.dataset, variants) ?? sql`true`})`;
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
