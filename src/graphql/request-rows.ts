import type { GraphQLResolveInfo } from 'graphql';
import { allRows } from '../holdings/rows.ts';
import type { RequestRow } from '../requests/read.ts';
import { sql } from '../store/sql.ts';
import type { GatewayContext } from './context.ts';
import type { Columns } from './columns.ts';
import type { Row } from './field-maker.ts';
import { DataSubjectRequest } from './requests.ts';
import { framed, rowsOf } from './rows.ts';
import { selectionOf } from './selection.ts';
import { personOf } from './subjects.ts';

type Found = Pick<RequestRow, 'id' | 'subjectId'>;

/** The rows of requests that the actor reaches, in their order, each as a row of its person. */
export async function requestRows(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  found: readonly Found[],
  columns: Columns,
): Promise<readonly Row[]> {
  const rows = new Map<string, Row>();
  for (const [subjectId, requests] of Map.groupBy(found, (each) => each.subjectId)) {
    if (subjectId === null) continue;
    const person = await personOf(context, { tenantId: context.tenant.tenantId, subjectId });
    const query = rowsOf(person, info, DataSubjectRequest);
    if (query === null) continue;
    const ids = requests.map(({ id }) => id);
    const where = sql`t.id = ANY(${ids}::text[])`;
    const read = await allRows(context.loaders.reader, { ...query, where, columns: columns.select });
    for (const row of framed(columns, read, person)) rows.set(String(row['id']), row);
    person.context.privacy.person.reach('LOOK');
  }
  return found.flatMap(({ id }): Row[] => {
    const row = rows.get(id);
    return row === undefined ? [] : [row];
  });
}

/** One request as its row. */
export async function requestRow(context: GatewayContext, info: GraphQLResolveInfo, found: Found): Promise<Row | null> {
  const [row] = await requestRows(context, info, [found], selectionOf(context, info, DataSubjectRequest));
  return row ?? null;
}
