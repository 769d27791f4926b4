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
}

interface Counter {
  readonly sql: Sql;
  readonly take: (count: number) => void;
}

/** Counts a section in the reader's snapshot: the rows each file must have, and the values each omission covers. */
export async function countSection(reader: Reader, scope: SelectScope, section: Section): Promise<SectionCounts> {
  const owned = ownedBy(section.dataset, section.relation, scope.subject);
  const expected = { data: 0, context: 0 };
  const totals = { expired: 0, overdue: 0 };
  const omissions: Omission[] = [];
  const undeclared: string[] = [];
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
      if (placeOf(fate) !== null && fate.kind !== 'UNDECLARED') continue;
      const of = { item, field, ...reasonOf(fate) };
      if (fate.kind === 'ROUTE') {
        omissions.push({ ...of, count: null });
        continue;
      }
      counters.push({
        sql: sql`count(${column('t', field)}) FILTER (WHERE ${isVariant(section.dataset, variants) ?? sql`true`})`,
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
  return { section, expected, ...totals, undeclared, omissions };
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
