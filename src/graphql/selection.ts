import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { columnsOf, type Columns } from './columns.ts';
import type { GatewayContext } from './context.ts';
import type { RowsType } from './rows.ts';

/**
 * The columns that a document asks of the rows of a type, as far as the actor is shown them. They follow from the place in
 * the document, from what `@include` and `@skip` say, and from what was decided, and are kept with the latter.
 */
export function selectionOf(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  type: RowsType,
  paths: string[][] = [],
): Columns {
  const { selections } = context.decisions;
  let known = selections.get(info.operation);
  if (known === undefined) selections.set(info.operation, (known = new Map<string, Columns>()));
  const switches = Object.entries(info.variableValues).filter(([, value]) => typeof value === 'boolean');
  const key = `${placeOf(info)} ${switches.join()}`;
  const columns = known.get(key);
  if (columns !== undefined) return columns;
  const { select = {} } = queryFromInfo({ context, info, typeName: type.name, paths });
  const made = columnsOf(type.dataset, Object.keys(select));
  known.set(key, made);
  return made;
}

/** Where in the document a field is asked for: its type, and the path to it without places in lists. */
export function placeOf({ path, parentType }: GraphQLResolveInfo): string {
  let place = parentType.name;
  for (let at: typeof path | undefined = path; at !== undefined; at = at.prev)
    if (typeof at.key === 'string') place += `.${at.key}`;
  return place;
}
