import DataLoader from 'dataloader';
import type { GraphQLResolveInfo } from 'graphql';
import type { AnyDataset } from '../catalogue/look-up.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import type { RowKey, RowQuery } from '../holdings/rows.ts';
import type { Columns } from './columns.ts';
import type { GatewayContext } from './context.ts';
import { openingOf, seesAnchor } from './decide.ts';
import type { Row } from './field-maker.ts';
import { frame, frameOf, type Person } from './frames.ts';
import type { RelatedRequest } from './loaders.ts';
import { readRelatedRows } from './related-rows.ts';
import { placeOf, selectionOf } from './selection.ts';

/** A GraphQL type of rows: of which dataset, and how the subject stands to them. */
export interface RowsType {
  readonly ref: unknown;
  readonly name: string;
  readonly dataset: AnyDataset;
  readonly relation: Relation;
}

/** Rows of a list that hangs off another row; longer ones are cut and say so. */
export const LIST_LIMIT = 100;

/** Which rows of a type this actor gets of a person; null, with the reason noted, when it gets none. */
export function rowsOf(person: Person, info: GraphQLResolveInfo, type: RowsType): RowQuery | null {
  const { context, facts } = person;
  const opening = openingOf(context, type.dataset, type.relation);
  if (!opening.open) return context.privacy.withhold(info, opening.item, opening.reason);
  if (facts.deletionPending && hidesPendingDeletion(context))
    return context.privacy.withhold(info, null, 'DELETION_PENDING');
  context.privacy.person.open(type.dataset.name);
  return rowQuery(person, type);
}

function hidesPendingDeletion({ actor }: GatewayContext): boolean {
  return actor.kind === 'SUPPORT_AGENT' || actor.kind === 'INTERNAL_APP';
}

function rowQuery({ context, subject, facts }: Person, { dataset, relation }: RowsType): RowQuery {
  const { policy, now, actor } = context;
  const colleague =
    actor.kind === 'SUPPORT_AGENT' || (actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null);
  return {
    policy,
    dataset,
    relation,
    subject,
    facts,
    now,
    expired: actor.kind === 'SUBJECT' ? 'SHOWN' : 'HIDDEN',
    internal: colleague ? 'SHOWN' : 'HIDDEN',
    order: seesAnchor(context, dataset, relation) ? 'ANCHOR' : 'ID',
  };
}

/** Rows as they were read with these columns, as rows of the person. */
export function framed<Key extends RowKey>(columns: Columns, read: readonly Key[], person: Person): Row[] {
  const { context, subject, facts } = person;
  return read.map((key) => frame(columns.toRow(key), { context, subject, facts, key }));
}

/**
 * The rows of a type whose column `by` has the value, as rows of the person whose row led here; all that one level of the
 * document asks is read at once. Null, with the reason noted, when the actor gets none.
 */
export async function relatedRows(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  type: RowsType,
  by: string,
  from: { readonly row: Row; readonly value: string },
): Promise<readonly Row[] | null> {
  const opening = openingOf(context, type.dataset, type.relation);
  if (!opening.open) return context.privacy.withhold(info, opening.item, opening.reason);
  const place = placeOf(info);
  context.privacy.person.open(type.dataset.name);
  let loader = context.loaders.related.get(place);
  if (loader === undefined) {
    loader = new DataLoader((requests) => readRelated(type, by, requests), { cache: false });
    context.loaders.related.set(place, loader);
  }
  const rows = await loader.load({
    frame: frameOf(from.row),
    value: from.value,
    columns: selectionOf(context, info, type),
  });
  if (rows.length > LIST_LIMIT) context.privacy.cut(info, LIST_LIMIT, `Subject, or a bundle`);
  return rows.slice(0, LIST_LIMIT);
}

async function readRelated(
  type: RowsType,
  by: string,
  requests: readonly RelatedRequest[],
): Promise<(readonly Row[])[]> {
  const found = new Map<string, Row[]>();
  for (const group of Map.groupBy(requests, ({ frame: each }) => each.subject.subjectId).values()) {
    const [{ frame: shared, columns } = noRequest()] = group;
    const query = { ...rowQuery(shared, type), columns: columns.select };
    const values = [...new Set(group.map(({ value }) => value))];
    const read = await readRelatedRows(shared.context.loaders.reader, query, by, values, LIST_LIMIT + 1);
    const rows = framed(columns, read, shared);
    for (const [index, { by: value }] of read.entries()) {
      const [list, row] = [`${shared.subject.subjectId} ${value}`, rows[index]];
      const known = found.get(list);
      if (row === undefined) continue;
      if (known === undefined) found.set(list, [row]);
      else known.push(row);
    }
  }
  return requests.map(({ frame: each, value }) => found.get(`${each.subject.subjectId} ${value}`) ?? []);
}

function noRequest(): never {
  throw new TypeError('A batch without requests');
}
