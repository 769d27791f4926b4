import { describeRetention, isExpired, retentionOf } from '../policy/retention.ts';
import type { Policy, RetentionRule } from '../policy/schema.ts';
import { builder } from './builder.ts';
import type { Frame } from './frames.ts';

interface RowRetention {
  readonly rule: RetentionRule;
  readonly text: string;
  readonly expiresAt: Date | null;
  readonly overdue: boolean;
}

/** Where a row stands in its retention; null for rows that the policy does not name. */
export function retentionOfRow(policy: Policy, { key }: Frame, now: Date): RowRetention | null {
  const rule = policy.retention.find(({ id }) => id === key.rule_id);
  if (rule === undefined) return null;
  const item = policy.items.find(({ retention }) => retention.includes(rule.id));
  return {
    rule,
    text: item === undefined ? rule.appliesTo : describeRetention(retentionOf(policy, item)),
    expiresAt: key.expires_at,
    overdue: key.expires_at !== null && isExpired(key.expires_at, now),
  };
}

const StatusRef = builder.enumType('RetentionStatus', {
  description: 'LIVE until it expires; OVERDUE when it should be gone and the sweep has not yet come.',
  values: ['LIVE', 'OVERDUE'] as const,
});

export const RowRetentionRef = builder.objectRef<RowRetention>('RowRetention').implement({
  description: 'Until when a row is kept, and by which rule of the policy.',
  fields: (t) => ({
    ruleId: t.string({ nullable: false, resolve: ({ rule }) => rule.id }),
    text: t.string({ nullable: false, resolve: ({ text }) => text }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Null while the clock has not started or the policy gives no period.',
      resolve: ({ expiresAt }) => expiresAt,
    }),
    max: t.boolean({
      description: 'True where the policy says "up to".',
      resolve: ({ rule }) => ('max' in rule ? rule.max : null),
    }),
    status: t.field({ type: StatusRef, nullable: false, resolve: ({ overdue }) => (overdue ? 'OVERDUE' : 'LIVE') }),
  }),
});
