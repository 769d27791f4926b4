import { describeRetention, isExpired, retentionOf } from '../policy/retention.ts';
import type { TriggerName } from '../catalogue/dataset.ts';
import { datasetOf, datasets } from '../catalogue/look-up.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import type { Words } from '../holdings/variants.ts';
import type { RetentionRule } from '../policy/schema.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { decide, type Decision, type Place } from './decide.ts';
import type { Frame } from './frames.ts';

interface RowRetention {
  readonly rule: RetentionRule;
  readonly text: string;
  readonly expiresAt: Date | null;
  readonly overdue: boolean;
  readonly context: GatewayContext;
  /** Why the date is not told, though it is known. */
  readonly refusal: Refusal | null;
}

type Refusal = Pick<Extract<Decision, { kind: 'NULL' }>, 'item' | 'reason'>;

/** Where a row stands in its retention; null for rows that the policy does not name. */
export function retentionOfRow(of: Omit<Place, 'column'>, words: Words, { context, key }: Frame): RowRetention | null {
  const { policy, now } = context;
  const rule = policy.retention.find(({ id }) => id === key.rule_id);
  if (rule === undefined) return null;
  const item = policy.items.find(({ retention }) => retention.includes(rule.id));
  return {
    rule,
    text: item === undefined ? rule.appliesTo : describeRetention(retentionOf(policy, item)),
    expiresAt: key.expires_at,
    overdue: key.expires_at !== null && isExpired(key.expires_at, now),
    context,
    refusal: 'trigger' in rule ? refusalOf(context, of, words, rule.trigger) : null,
  };
}

/** Who knows when a row expires knows when its clock began: the one is told only to those who see the other. */
function refusalOf(
  context: GatewayContext,
  of: Omit<Place, 'column'>,
  words: Words,
  trigger: TriggerName,
): Refusal | null {
  const own = datasetOf(of.model).triggers?.[trigger];
  const places = own === undefined ? elsewhere(trigger) : [{ ...of, column: own }];
  for (const place of places) {
    if (datasetOf(place.model).fields[place.column]?.kind !== 'personal') continue;
    const decision = decide(context, place, own === undefined ? NO_WORDS : words);
    if (decision.kind === 'NULL' && decision.reason !== 'NOT_COLLECTED') return decision;
  }
  return null;
}

const NO_WORDS: Words = new Map();

/** Columns of other rows in which a clock stands that all rows of a person share. */
function elsewhere(trigger: TriggerName): readonly Place[] {
  return datasets.flatMap(({ model, subjects, triggers }) => {
    const column = triggers?.[trigger];
    const [relation] = Object.keys(subjects) as Relation[];
    return column === undefined || relation === undefined ? [] : [{ model, relation, column }];
  });
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
      resolve: ({ expiresAt, refusal, context }, _args, _request, info) =>
        refusal === null ? expiresAt : context.privacy.withhold(info, refusal.item, refusal.reason),
    }),
    max: t.boolean({
      description: 'True where the policy says "up to".',
      resolve: ({ rule }) => ('max' in rule ? rule.max : null),
    }),
    status: t.field({ type: StatusRef, nullable: false, resolve: ({ overdue }) => (overdue ? 'OVERDUE' : 'LIVE') }),
  }),
});
