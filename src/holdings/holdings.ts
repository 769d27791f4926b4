import { datasets, type AnyDataset } from '../catalogue/look-up.ts';
import { RELATIONS, type Relation } from '../catalogue/vocabulary.ts';
import { describeRetention } from '../policy/retention.ts';
import { routeOf } from '../policy/routing.ts';
import type { Item, Policy, Route } from '../policy/schema.ts';
import type { Reader } from '../store/session.ts';
import { sql } from '../store/sql.ts';
import { itemIn, rowRules } from './row-retention.ts';
import { rowCondition, type RowQuery } from './rows.ts';
import { column, table } from './subject-path.ts';
import { variantsOf } from './variants.ts';

/** What is held of a person in one dataset and relation, without the data. */
export interface Holding {
  readonly dataset: AnyDataset;
  readonly relation: Relation;
  /** Null where the count would confirm what only a controller may confirm. */
  readonly count: number | null;
  readonly role: 'CONTROLLER' | 'PROCESSOR';
  readonly onBehalfOf: string | null;
  /** True when the policy names nothing in this dataset: held, and not declared. */
  readonly undeclared: boolean;
  readonly retention: readonly string[];
  /** The policy's rules behind it, by their ids. */
  readonly rules: readonly string[];
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

/** The items that a policy stores in a dataset. */
function itemsStoredIn(policy: Policy, dataset: AnyDataset): readonly Item[] {
  const found = new Set<Item>();
  for (const words of variantsOf(dataset)) {
    for (const entry of Object.values(dataset.fields)) {
      const item = itemIn(policy, entry, words);
      if (item !== null) found.add(item);
    }
  }
  return [...found];
}

/** Every dataset and relation in which something is held of a person, or in which it may not be said whether it is. */
export async function readHoldings(reader: Reader, query: Omit<RowQuery, 'dataset' | 'relation'>): Promise<Holding[]> {
  const holdings: Holding[] = [];
  for (const dataset of datasets) {
    for (const relation of RELATIONS) {
      if (dataset.subjects[relation] === undefined) continue;
      const holding = await readHolding(reader, { ...query, dataset, relation });
      if (holding !== null) holdings.push(holding);
    }
  }
  return holdings;
}

async function readHolding(reader: Reader, query: RowQuery): Promise<Holding | null> {
  const { policy, dataset, relation } = query;
  const items = itemsStoredIn(policy, dataset);
  const routes = items.map((item) => routeOf(policy, item, relation));
  const route = routes.find((each) => each?.kind === 'CONTROLLER') ?? routes.find((each) => each !== null) ?? null;
  const retentions = rowRules(policy, dataset).map(({ retention }) => retention);
  const described = {
    dataset,
    relation,
    undeclared: items.length === 0,
    retention: [...new Set(retentions.map(describeRetention))],
    rules: [...new Set(retentions.flatMap(({ rules }) => rules.map(({ id }) => id)))],
  };
  if (route !== null && route.kind !== 'CONTROLLER') {
    return { ...described, count: null, role: 'PROCESSOR', onBehalfOf: partyOf(route), oldest: null, newest: null };
  }
  const anchor = dataset.anchor === undefined ? sql`NULL::timestamptz` : column('t', dataset.anchor);
  const [row] = await reader.query<{ count: string; oldest: Date | null; newest: Date | null }>(sql`
    SELECT count(*) AS count, min(${anchor}) AS oldest, max(${anchor}) AS newest
    FROM ${table(dataset)} t WHERE ${rowCondition(query)}`);
  const count = Number(row?.count ?? 0);
  if (count === 0) return null;
  return {
    ...described,
    count,
    role: 'CONTROLLER',
    onBehalfOf: null,
    oldest: row?.oldest ?? null,
    newest: row?.newest ?? null,
  };
}

function partyOf(route: Exclude<Route, { kind: 'CONTROLLER' }>): string {
  switch (route.kind) {
    case 'PROCESSOR':
      return route.controller;
    case 'FORWARD':
      return route.to;
    case 'NEEDS_REVIEW':
      return route.proposedController;
    case 'REFER':
      return route.party;
    default:
      return route satisfies never;
  }
}
