import { DENIAL_REASONS, type DenialReason, type Visibility } from '../access/visibility.ts';
import type { Sensitivity } from '../catalogue/vocabulary.ts';
import { itemOf } from '../policy/book.ts';
import { builder } from './builder.ts';
import { describeRows, outcomesOf, shownFields, wordsOf } from './shown-fields.ts';
import { SensitivityRef } from './words.ts';

interface FieldAccess {
  readonly type: string;
  readonly field: string;
  readonly part: string | null;
  readonly item: string;
  readonly name: string | null;
  readonly sensitivity: Sensitivity | null;
  readonly visibility: Visibility;
  readonly rows: string | null;
}

const GetsRef = builder.enumType('Gets', {
  description: 'What you get of a value: in clear, in a mask, that it exists, under a grant only, or not at all.',
  values: ['CLEAR', 'MASKED', 'COUNT', 'GRANT_ONLY', 'DENIED'] as const satisfies readonly Visibility['kind'][],
});

const ReasonRef = builder.enumType('DenialReason', {
  description: 'Why a value is null.',
  values: DENIAL_REASONS satisfies readonly DenialReason[],
});

const FieldAccessRef = builder.objectRef<FieldAccess>('FieldAccess').implement({
  description: 'What you get of one field of the schema.',
  fields: (t) => ({
    type: t.exposeString('type', { nullable: false }),
    field: t.exposeString('field', { nullable: false }),
    part: t.exposeString('part', { description: 'The field within, where several columns make up the value.' }),
    item: t.exposeString('item', { nullable: false, description: "The policy's id of the item, or else its name." }),
    name: t.exposeString('name', { description: 'The name of the item; null when the policy does not have it.' }),
    sensitivity: t.field({ type: SensitivityRef, resolve: ({ sensitivity }) => sensitivity }),
    gets: t.field({ type: GetsRef, nullable: false, resolve: ({ visibility }) => visibility.kind }),
    reason: t.field({
      type: ReasonRef,
      resolve: ({ visibility }) => (visibility.kind === 'DENIED' ? visibility.reason : null),
    }),
    rows: t.exposeString('rows', { description: 'In which rows, where it depends on their words; else null.' }),
  }),
});

builder.queryField('fieldAccess', (t) =>
  t.field({
    type: [FieldAccessRef],
    nullable: false,
    description: 'What you get of each personal field, for the purpose that you declare; no data is read.',
    complexity: { field: 100, multiplier: 1 },
    resolve: (_root, _args, context, { schema }): FieldAccess[] =>
      shownFields(schema).flatMap((shown) => {
        const all = wordsOf(shown);
        return outcomesOf(context, shown).map(({ item, visibility, rows }) => {
          const declared = itemOf(context.policy, item);
          const { type, field, part } = shown;
          const { item: name = null, sensitivity = null } = declared ?? {};
          return { type, field, part, item, name, sensitivity, visibility, rows: describeRows(rows, all) };
        });
      }),
  }),
);
