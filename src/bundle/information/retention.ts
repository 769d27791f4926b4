import { rowRules } from '../../holdings/row-retention.ts';
import { describeRetention, retentionOf, type Retention } from '../../policy/retention.ts';
import type { Policy } from '../../policy/schema.ts';
import { storageTerms } from '../dpv/classify.ts';
import { typed } from '../dpv.ts';
import type { SectionRecord } from '../ledger.ts';
import type { Held, HeldItem } from './held.ts';

const NOT_STATED = 'not stated in policy';

/** Art. 15(1)(d) by item: how long, in words, and how much of that the policy states. */
export function retentionOfItems({ items }: Held): object[] {
  return items.map(({ item, described }) => {
    const { text, effective } = described.retention;
    return typed(storageTerms(effective.kind === 'COMPUTABLE'), {
      id: item.id,
      item: item.item,
      text,
      ...factsOf(effective),
    });
  });
}

/** Art. 15(1)(d) by dataset: the rule that ends its rows, every other rule of what they hold, and the rows held too long. */
export function retentionOfDatasets(policy: Policy, { told, items }: Held): object[] {
  return told.map((record) => {
    const { section, overdue } = record;
    const ending = new Set(rowRules(policy, section.dataset).map(({ retention }) => idOf(retention)));
    const rules = rulesOf(policy, record, items).map((rule) => ({ ...rule, endsRow: ending.has(rule.rule) }));
    return {
      dataset: section.name,
      title: section.dataset.title,
      rows: record.expected.data + record.expected.context,
      overdue,
      ...(overdue === 0 ? {} : { overdueText: 'held past the end of their retention; marked OVERDUE in the rows' }),
      rules,
      ...(rules.length === 0 ? { text: NOT_STATED } : {}),
    };
  });
}

interface ToldRule extends RetentionFacts {
  readonly rule: string | null;
  readonly text: string;
  readonly clauses: readonly {
    readonly rule: string;
    readonly appliesTo: string;
    readonly clause: string | null;
    readonly quote: string | null;
  }[];
  readonly items: readonly string[];
}

function rulesOf(policy: Policy, { section }: SectionRecord, items: readonly HeldItem[]): ToldRule[] {
  const rules = new Map<string, { retention: Retention; items: string[] }>();
  for (const { item, sections } of items) {
    if (!sections.some((each) => each.section === section)) continue;
    const key = item.retention.join(' ');
    const rule = rules.get(key);
    if (rule === undefined) rules.set(key, { retention: retentionOf(policy, item), items: [item.id] });
    else rule.items.push(item.id);
  }
  return [...rules.values()].map(({ retention, items: ids }) => ({
    rule: idOf(retention),
    text: describeRetention(retention),
    ...factsOf(retention),
    clauses: retention.rules.map(({ id, appliesTo, clause, quote }) => ({
      rule: id,
      appliesTo,
      clause: clause ?? null,
      quote: quote ?? null,
    })),
    items: ids,
  }));
}

function idOf(retention: Retention): string | null {
  return retention.kind === 'NOT_HELD' ? null : retention.ruleId;
}

interface RetentionFacts {
  readonly kind: string;
  readonly stated: boolean;
  readonly status: 'STATED' | 'ASSUMED' | 'NOT_STATED';
  readonly assumptions: readonly string[];
  readonly trigger?: string;
  readonly period?: string;
  readonly max?: boolean;
  readonly triggerStated?: boolean;
  readonly adjustableBy?: string;
  readonly legalObligation?: string;
}

/** What is certain of a retention: a period is stated or is not, and a start that the text leaves out is assumed (trap X16). */
function factsOf(retention: Retention): RetentionFacts {
  const assumptions = retention.rules.flatMap((rule) => rule.assumptions);
  if (retention.kind !== 'COMPUTABLE') {
    const kind = retention.kind === 'OPEN' ? retention.ruleKind : 'NONE';
    return { kind, stated: false, status: kind === 'NONE' ? 'NOT_STATED' : 'STATED', assumptions };
  }
  const { ruleId, trigger, period, periodFrom, max, triggerStated, legalObligation, rules } = retention;
  return {
    kind: rules.find(({ id }) => id === ruleId)?.kind ?? 'EXPLICIT',
    stated: true,
    status: triggerStated && assumptions.length === 0 ? 'STATED' : 'ASSUMED',
    assumptions,
    trigger,
    period,
    max,
    triggerStated,
    ...(periodFrom === null ? {} : { adjustableBy: periodFrom }),
    ...(legalObligation === null ? {} : { legalObligation }),
  };
}
