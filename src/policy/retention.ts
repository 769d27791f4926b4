import type { TriggerName } from '../catalogue/dataset.ts';
import { addPeriod } from './calendar.ts';
import type { Item, Policy, RetentionRule } from './schema.ts';
import type { PeriodSource, RuleKind } from './words.ts';

/**
 * Retention of an item. Its rules stand in order: a rule with a trigger and a period says when rows expire;
 * a rule with `until` keeps them while something runs and hands over to the next; an open rule has no period.
 * While a trigger is unset the row is kept. Rules are plain data, so that they can be compiled to SQL as well.
 */
export type ExpiringRule = Extract<RetentionRule, { period: string }>;
type WhileRule = Extract<RetentionRule, { until: TriggerName }>;
export type OpenRule = Exclude<RetentionRule, ExpiringRule | WhileRule>;

/** What the rules of an item come to. */
export type Retention =
  | {
      readonly kind: 'COMPUTABLE';
      readonly ruleId: string;
      readonly trigger: TriggerName;
      readonly period: string;
      readonly periodFrom: PeriodSource | null;
      readonly max: boolean;
      readonly triggerStated: boolean;
      readonly legalObligation: string | null;
      readonly rules: readonly RetentionRule[];
    }
  | {
      readonly kind: 'OPEN';
      readonly ruleId: string;
      readonly ruleKind: RuleKind;
      /** Set when rows are kept while something runs and only what follows is not stated. */
      readonly until: TriggerName | null;
      readonly rules: readonly RetentionRule[];
    }
  /** Nothing is held, so nothing is retained. */
  | { readonly kind: 'NOT_HELD'; readonly rules: readonly [] };

/** Where one row stands. */
export type RetentionState =
  | {
      readonly kind: 'EXPIRES';
      readonly at: Date;
      readonly max: boolean;
      readonly ruleId: string;
      readonly triggerStated: boolean;
    }
  | { readonly kind: 'RETAINED'; readonly ruleId: string; readonly reason: 'ACTIVE'; readonly trigger: TriggerName }
  | { readonly kind: 'NOT_COMPUTABLE'; readonly ruleId: string | null; readonly ruleKind: RuleKind };

/** The effective retention of an item: the first rule that expires, or else the rule that leaves it open. */
export function retentionOf(policy: Policy, item: Item): Retention {
  const rules = item.retention.flatMap((id) => policy.retention.find((rule) => rule.id === id) ?? []);
  const [first] = rules;
  if (first === undefined) return { kind: 'NOT_HELD', rules: [] };
  const expiring = rules.find(isExpiring);
  if (expiring !== undefined) {
    return {
      kind: 'COMPUTABLE',
      ruleId: expiring.id,
      trigger: expiring.trigger,
      period: expiring.period,
      periodFrom: expiring.periodFrom ?? null,
      max: expiring.max,
      triggerStated: expiring.triggerStated,
      legalObligation: expiring.legalObligation ?? null,
      rules,
    };
  }
  const open = rules.find(isOpen);
  return {
    kind: 'OPEN',
    ruleId: (open ?? first).id,
    ruleKind: open?.kind ?? 'NONE',
    until: rules.find(isWhile)?.until ?? null,
    rules,
  };
}

/** When a row expires, or null while its trigger is unset; a row's own period wins over the rule's. */
export function expiresAt(
  rule: { readonly period: string; readonly periodFrom?: PeriodSource | null | undefined },
  triggerInstant: Date | null,
  rowPeriod: string | null = null,
): Date | null {
  if (triggerInstant === null) return null;
  const adjustable = rule.periodFrom !== null && rule.periodFrom !== undefined;
  return addPeriod(triggerInstant, adjustable && rowPeriod !== null ? rowPeriod : rule.period);
}

/** A row lives while now is before its expiry; at that very instant it is gone. */
export function isExpired(expiry: Date, now: Date): boolean {
  return now.getTime() >= expiry.getTime();
}

/** Where a row stands, from the instant of its trigger. */
export function retentionState(
  retention: Retention,
  triggerInstant: Date | null,
  rowPeriod: string | null = null,
): RetentionState {
  switch (retention.kind) {
    case 'COMPUTABLE': {
      const { ruleId, max, triggerStated, trigger } = retention;
      const at = expiresAt(retention, triggerInstant, rowPeriod);
      return at === null
        ? { kind: 'RETAINED', ruleId, reason: 'ACTIVE', trigger }
        : { kind: 'EXPIRES', at, max, ruleId, triggerStated };
    }
    case 'OPEN':
      return retention.until !== null && triggerInstant === null
        ? {
            kind: 'RETAINED',
            ruleId: retention.rules[0]?.id ?? retention.ruleId,
            reason: 'ACTIVE',
            trigger: retention.until,
          }
        : { kind: 'NOT_COMPUTABLE', ruleId: retention.ruleId, ruleKind: retention.ruleKind };
    case 'NOT_HELD':
      return { kind: 'NOT_COMPUTABLE', ruleId: null, ruleKind: 'NONE' };
    default:
      return retention satisfies never;
  }
}

/** The rules of an item in words; what the policy leaves open is said to be open. */
export function describeRetention(retention: Retention): string {
  if (retention.kind === 'NOT_HELD') return 'not held';
  const [first] = retention.rules;
  const following = retention.kind === 'OPEN' && first !== undefined && isWhile(first) && retention.rules.length === 1;
  return retention.rules.map(describeRule).join('; then ') + (following ? '; then not stated' : '');
}

function describeRule(rule: RetentionRule): string {
  if (isWhile(rule)) return rule.active;
  if (isOpen(rule)) return rule.kind === 'NONE' ? `not stated (${rule.text})` : rule.text;
  const own = rule.periodFrom === undefined ? '' : ` unless ${rule.periodFrom} says otherwise`;
  const assumed = rule.triggerStated ? '' : ' (start assumed)';
  const law = rule.legalObligation === undefined ? '' : `, required by ${rule.legalObligation}`;
  const active = rule.active === undefined ? '' : `${rule.active}; then `;
  return `${active}${rule.max ? 'up to ' : ''}${rule.period} after ${rule.trigger}${own}${assumed}${law}`;
}

function isExpiring(rule: RetentionRule): rule is ExpiringRule {
  return 'period' in rule;
}

function isWhile(rule: RetentionRule): rule is WhileRule {
  return 'until' in rule;
}

function isOpen(rule: RetentionRule): rule is OpenRule {
  return 'text' in rule;
}
