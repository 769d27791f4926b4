import { datasetOf } from '../catalogue/look-up.ts';
import type { ModelName, ScalarField } from '../catalogue/dataset.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import { builder } from './builder.ts';
import { decide, isRead, type Place } from './decide.ts';
import { KEY_ONLY, type FieldMaker, type Fields } from './field-maker.ts';
import { frameOf } from './frames.ts';
import { aboutPerson } from './person.ts';
import { catalogueFields, declaration, type CompositeField } from './personal-fields.ts';
import { RowRetentionRef, retentionOfRow } from './row-retention.ts';
import { wordColumns, wordsIn } from './reveal.ts';
import { LIST_LIMIT, relatedRows, type RowsType } from './rows.ts';

export interface RowsOptions<M extends ModelName> {
  readonly relation: Relation;
  /** The GraphQL name, where it is not the model's: a second relation to the same rows is a type of its own. */
  readonly name?: string;
  readonly composites?: Readonly<Record<string, CompositeField>>;
  /** Technical columns that are nobody's to see. */
  readonly hidden?: readonly ScalarField<M>[];
  /** Relations to other rows. */
  readonly related?: (relate: Relate<M>) => Fields;
}

/** Makes relations of a row; what they lead to is of the same tenant and the same person. */
interface Relate<M extends ModelName> {
  /** The rows of another type whose column holds this row's id. */
  many(type: () => RowsType, column: string, description?: string): Fields[string];
  /** The last row of another type whose column holds this row's id, if there is one. */
  last(type: () => RowsType, column: string, description?: string): Fields[string];
  /** The row whose id a column of this row holds. */
  one(type: () => RowsType, column: ScalarField<M>, description?: string): Fields[string];
}

/** Personal columns that are keys: whose licence it is, is told by what they lead to. */
function shownByRelation(model: ModelName): readonly string[] {
  return model === 'LicenseKey' ? ['subjectId', 'organisationId'] : [];
}

/** Defines the GraphQL type of a dataset's rows in one relation. */
export function defineRows<M extends ModelName>(model: M, options: RowsOptions<M>): RowsType {
  const { relation, composites = {}, hidden = [], related } = options;
  const name = options.name ?? model;
  const dataset = datasetOf(model);
  const keys = Object.fromEntries(['tenantId', 'id', ...wordColumns(model)].map((column) => [column, true]));
  const fields = (t: FieldMaker): Fields => ({
    ...catalogueFields(t, { model, relation, composites, shownElsewhere: [...hidden, ...shownByRelation(model)] }),
    ...related?.(relate(t, model, relation)),
    retention: t.field({
      type: RowRetentionRef,
      select: () => KEY_ONLY,
      resolve: (row) => retentionOfRow({ model, relation }, wordsIn(model, row), frameOf(row)),
    }),
  });
  const define = builder.prismaObject as unknown as DefineType;
  const ref = define.call(builder, model, {
    ...(name === model ? { name } : { variant: name }),
    description: `${dataset.title}.`,
    select: keys,
    fields: (t) => fields(aboutPerson(t)),
  });
  return { ref, name, dataset, relation };
}

type DefineType = (
  this: typeof builder,
  model: ModelName,
  options: {
    readonly name?: string;
    readonly variant?: string;
    readonly description: string;
    readonly select: Readonly<Record<string, boolean>>;
    readonly fields: (t: FieldMaker) => Fields;
  },
) => unknown;

function relate<M extends ModelName>(t: FieldMaker, model: M, relation: Relation): Relate<M> {
  return {
    many: (type, column, description) => {
      const to = type();
      return t.field({
        type: [to.ref],
        nullable: { list: true, items: false },
        description: description ?? `${to.dataset.title}, oldest first; at most ${LIST_LIMIT}.`,
        complexity: () => ({ field: 2, multiplier: 10 }),
        select: () => KEY_ONLY,
        resolve: (row, _args, context, info) =>
          relatedRows(context, info, to, column, { row, value: String(row['id']) }),
      });
    },
    last: (type, column, description) => {
      const to = type();
      return t.field({
        type: to.ref,
        description: description ?? `${to.dataset.title}.`,
        select: () => KEY_ONLY,
        resolve: async (row, _args, context, info) => {
          const rows = await relatedRows(context, info, to, column, { row, value: String(row['id']) });
          return rows?.at(-1) ?? null;
        },
      });
    },
    one: (type, column, description) => {
      const to = type();
      const entry = datasetOf(model).fields[column];
      const place: Place = { model, relation, column };
      const personal = entry?.kind === 'personal';
      return t.field({
        type: to.ref,
        ...(description === undefined ? {} : { description }),
        ...(personal ? declaration({ column: place }) : {}),
        select: (_args, context) => (personal && !isRead(context, place) ? KEY_ONLY : { [column]: true }),
        resolve: async (row, _args, context, info) => {
          if (personal) {
            const decision = decide(context, place, wordsIn(model, row));
            if (decision.kind === 'SHOW') context.privacy.person.show(decision.item);
            else {
              return context.privacy.withhold(
                info,
                decision.item,
                decision.kind === 'NULL' ? decision.reason : 'WITHHELD',
              );
            }
          }
          const id = row[column];
          if (typeof id !== 'string') return context.privacy.withhold(info, null, 'NOT_COLLECTED');
          const rows = await relatedRows(context, info, to, column === 'subjectId' ? 'subjectId' : 'id', {
            row,
            value: id,
          });
          return rows === null ? null : (rows[0] ?? context.privacy.withhold(info, null, 'WITHHELD'));
        },
      });
    },
  };
}
