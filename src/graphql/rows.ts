import { queryFromInfo } from '@pothos/plugin-prisma';
import DataLoader from 'dataloader';
import { responsePathAsArray, type GraphQLResolveInfo } from 'graphql';
import type { AnyDataset } from '../catalogue/look-up.ts';
import type { Relation } from '../catalogue/vocabulary.ts';
import type { RowKey, RowQuery } from '../holdings/rows.ts';
import { withSnapshot } from '../store/session.ts';
import type { GatewayContext } from './context.ts';
import { openingOf, seesAnchor } from './decide.ts';
import type { Row } from './field-maker.ts';
import { frame, frameOf, type Person } from './frames.ts';
import type { RelatedRequest } from './loaders.ts';
import { readRelatedRows } from './related-rows.ts';

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

/** The columns that the document asks of these rows, for Prisma. */
export function selectionOf(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  type: RowsType,
  paths: string[][] = [],
): object {
  return queryFromInfo({ context, info, typeName: type.name, paths });
}

/** Reads rows by their keys, in the order of the keys. */
export async function readRows(
  type: RowsType,
  selection: object,
  keys: readonly RowKey[],
  person: Person,
): Promise<Row[]> {
  if (keys.length === 0) return [];
  const { context } = person;
  const where = { tenantId: context.tenant.tenantId, id: { in: keys.map(({ id }) => id) } };
  const rows = await delegateOf(context, type.dataset).findMany({ ...selection, where });
  const byId = new Map(rows.map((row) => [row['id'], row]));
  return keys.flatMap((key) => {
    const row = byId.get(key.id);
    // Deleted since its key was read.
    return row === undefined ? [] : [frame(row, { context, subject: person.subject, facts: person.facts, key })];
  });
}

interface Delegate {
  findMany(query: object): Promise<Row[]>;
}

function delegateOf({ prisma }: GatewayContext, { model }: AnyDataset): Delegate {
  return (prisma as unknown as Record<string, Delegate>)[
    `${model.charAt(0).toLowerCase()}${model.slice(1)}`
  ] as Delegate;
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
  const place = `${info.parentType.name}@${responsePathAsArray(info.path)
    .filter((step) => typeof step === 'string')
    .join('.')}`;
  context.privacy.person.open(type.dataset.name);
  let loader = context.loaders.related.get(place);
  if (loader === undefined) {
    loader = new DataLoader((requests) => readRelated(type, by, requests), { cache: false });
    context.loaders.related.set(place, loader);
  }
  const rows = await loader.load({
    frame: frameOf(from.row),
    value: from.value,
    selection: selectionOf(context, info, type),
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
    const [{ frame: shared, selection } = noRequest()] = group;
    const query = rowQuery(shared, type);
    const values = [...new Set(group.map(({ value }) => value))];
    const keys = await withSnapshot(shared.context.pool, shared.subject.tenantId, (reader) =>
      readRelatedRows(reader, query, by, values, LIST_LIMIT + 1),
    );
    const rows = new Map((await readRows(type, selection, keys, shared)).map((row) => [row['id'], row]));
    for (const key of keys) {
      const row = rows.get(key.id);
      const list = `${shared.subject.subjectId} ${key.by}`;
      if (row !== undefined) found.set(list, [...(found.get(list) ?? []), row]);
    }
  }
  return requests.map(({ frame: each, value }) => found.get(`${each.subject.subjectId} ${value}`) ?? []);
}

function noRequest(): never {
  throw new TypeError('A batch without requests');
}
