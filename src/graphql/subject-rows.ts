import { builder } from './builder.ts';
import { allRows, countRows, pageOfRows, type RowQuery } from '../holdings/rows.ts';
import { LARGEST_PAGE, type Page, type PageRequest } from '../store/keyset.ts';
import type { Columns } from './columns.ts';
import { KEY_ONLY, type FieldMaker, type Fields, type Row } from './field-maker.ts';
import { frameOf, type Person } from './frames.ts';
import { DEFAULT_PAGE, pageCost, pageRequest } from './pages.ts';
import { framed, LIST_LIMIT, relatedRows, rowsOf, type RowsType } from './rows.ts';
import { selectionOf } from './selection.ts';

/** Small datasets are listed whole; this bounds what "small" may cost. */
const WHOLE_LIST_LIMIT = 500;

/** A field of Subject over a large dataset: pages, newest first. */
export function pagedRows(t: FieldMaker, type: RowsType): Fields[string] {
  return t.field({
    type: connectionRef(type),
    description: `${type.dataset.title}, newest first.`,
    args: {
      first: t.arg.int({ defaultValue: DEFAULT_PAGE, description: `1 to ${LARGEST_PAGE}.` }),
      after: t.arg.string({ description: 'The cursor after which to go on, from pageInfo.endCursor.' }),
    },
    complexity: pageCost,
    select: () => KEY_ONLY,
    resolve: async (row, args, context, info) => {
      const request = pageRequest(args);
      const query = rowsOf(frameOf(row), info, type);
      if (query === null) return null;
      const columns = selectionOf(context, info, type, [['nodes'], ['edges', 'node']]);
      return connection(frameOf(row), type, { ...query, columns: columns.select }, request, columns);
    },
  });
}

/** A field of Subject over a small dataset: all of its rows. */
export function listedRows(t: FieldMaker, type: RowsType): Fields[string] {
  return t.field({
    type: [type.ref],
    nullable: { list: true, items: false },
    description: `${type.dataset.title}.`,
    complexity: () => ({ field: 2, multiplier: 10 }),
    select: () => KEY_ONLY,
    resolve: async (row, _args, context, info) => {
      const query = rowsOf(frameOf(row), info, type);
      if (query === null) return null;
      const columns = selectionOf(context, info, type);
      const read = await allRows(context.loaders.reader, { ...query, columns: columns.select });
      if (read.length > WHOLE_LIST_LIMIT) context.privacy.cut(info, WHOLE_LIST_LIMIT, 'a bundle');
      return framed(columns, read.slice(0, WHOLE_LIST_LIMIT), frameOf(row));
    },
  });
}

/** A field of Subject over a dataset with at most one row a person. */
export function singleRow(t: FieldMaker, type: RowsType): Fields[string] {
  return t.field({
    type: type.ref,
    description: `${type.dataset.title}.`,
    select: () => KEY_ONLY,
    resolve: async (row, _args, context, info) => {
      const query = rowsOf(frameOf(row), info, type);
      if (query === null) return null;
      const columns = selectionOf(context, info, type);
      const read = await allRows(context.loaders.reader, { ...query, columns: columns.select });
      const [only] = framed(columns, read.slice(0, 1), frameOf(row));
      return only ?? context.privacy.withhold(info, null, 'NOT_COLLECTED');
    },
  });
}

/** A field of Subject over the gateway's own records of a person. */
export function keptRows(t: FieldMaker, type: RowsType): Fields[string] {
  return t.field({
    type: [type.ref],
    nullable: { list: true, items: false },
    description: `${type.dataset.title}; at most ${LIST_LIMIT}.`,
    complexity: () => ({ field: 2, multiplier: 10 }),
    select: () => KEY_ONLY,
    resolve: (row, _args, context, info) =>
      relatedRows(context, info, type, 'subjectId', { row, value: frameOf(row).subject.subjectId }),
  });
}

/** A page of rows, of which only what is asked for is read. */
export interface Connection {
  /** Whether the page goes on from another. */
  readonly resumed: boolean;
  page(): Promise<Page<Row>>;
  count(): Promise<number>;
}

/** Reads the page once, and only when something of it is asked for. */
function connection(
  person: Person,
  type: RowsType,
  query: RowQuery,
  request: PageRequest,
  columns: Columns,
): Connection {
  const { context } = person;
  const read = async () => {
    const { rows, ...page } = await pageOfRows(context.loaders.reader, query, request);
    return { ...page, rows: framed(columns, rows, person) };
  };
  let page: ReturnType<typeof read> | undefined;
  return {
    resumed: request.after != null,
    page: () => (page ??= read()),
    count: () => {
      context.privacy.person.count(type.dataset.name);
      return countRows(context.loaders.reader, query);
    },
  };
}

const connections = new Map<string, unknown>();

const PageInfoRef = builder.pageInfoRef();

/** The type of a page of rows; one for each type. */
export function connectionRef(type: RowsType): unknown {
  const known = connections.get(type.name);
  if (known !== undefined) return known;
  const EdgeRef = builder.objectRef<{ node: Row; cursor: string }>(`${type.name}Edge`).implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor', { nullable: false }),
      node: t.field({ type: type.ref as never, nullable: false, resolve: ({ node }) => node as never }),
    }),
  });
  const whole = { list: false, items: false } as const;
  const ref = builder.objectRef<Connection>(`${type.name}Connection`).implement({
    description: `A page of ${type.name}.`,
    fields: (t) => ({
      // The field that made the connection has counted its rows.
      edges: t.field({
        type: [EdgeRef],
        nullable: whole,
        complexity: { field: 0, multiplier: 1 },
        resolve: async (of) => {
          const { rows, cursors } = await of.page();
          return rows.map((node, index) => ({ node, cursor: cursors[index] ?? '' }));
        },
      }),
      nodes: t.field({
        type: [type.ref] as never,
        nullable: whole as never,
        complexity: { field: 0, multiplier: 1 },
        resolve: async (of) => (await of.page()).rows as never,
      }),
      pageInfo: t.field({
        type: PageInfoRef,
        nullable: false,
        resolve: async (of) => {
          const { cursors, hasNext } = await of.page();
          return {
            hasNextPage: hasNext,
            hasPreviousPage: of.resumed,
            startCursor: cursors[0] ?? null,
            endCursor: cursors.at(-1) ?? null,
          };
        },
      }),
      totalCount: t.int({ nullable: false, complexity: 5, resolve: (of) => of.count() }),
    }),
  });
  connections.set(type.name, ref);
  return ref;
}
