import { builder } from './builder.ts';
import { CarryallError } from '../errors.ts';
import { allRows, countRows, pageOfRows, type RowQuery } from '../holdings/rows.ts';
import type { SubjectKey } from '../holdings/subject-path.ts';
import { LARGEST_PAGE, type Page } from '../store/keyset.ts';
import { withSnapshot } from '../store/session.ts';
import type { GatewayContext } from './context.ts';
import { KEY_ONLY, type Args, type FieldMaker, type Fields, type Row } from './field-maker.ts';
import { frameOf } from './frames.ts';
import { LIST_LIMIT, readRows, relatedRows, rowsOf, selectionOf, type RowsType } from './rows.ts';

const DEFAULT_PAGE = 20;
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
    complexity: (args) => ({ field: 2, multiplier: Math.min(Math.max(Number(args['first'] ?? 1), 1), LARGEST_PAGE) }),
    select: () => KEY_ONLY,
    resolve: async (row, args, context, info) => {
      const request = pageRequest(args);
      const subject = subjectKey(row);
      const query = await rowsOf(context, info, type, subject);
      if (query === null) return null;
      const selection = selectionOf(context, info, type, [['nodes'], ['edges', 'node']]);
      return connection(context, type, query, request, selection);
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
      const query = await rowsOf(context, info, type, subjectKey(row));
      if (query === null) return null;
      const keys = await withSnapshot(context.pool, context.tenant.tenantId, (reader) => allRows(reader, query));
      if (keys.length > WHOLE_LIST_LIMIT) context.privacy.cut(info, WHOLE_LIST_LIMIT, 'a bundle');
      return readRows(context, type, selectionOf(context, info, type), keys.slice(0, WHOLE_LIST_LIMIT), query);
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
      const query = await rowsOf(context, info, type, subjectKey(row));
      if (query === null) return null;
      const keys = await withSnapshot(context.pool, context.tenant.tenantId, (reader) => allRows(reader, query));
      const rows = await readRows(context, type, selectionOf(context, info, type), keys.slice(0, 1), query);
      return rows[0] ?? context.privacy.withhold(info, null, 'NOT_COLLECTED');
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
      relatedRows(context, info, type, 'subjectId', { row, value: subjectKey(row).subjectId }),
  });
}

function subjectKey(row: Row): SubjectKey {
  return frameOf(row).subject;
}

interface PageArgs {
  readonly first: number;
  readonly after: string | null;
}

function pageRequest(args: Args): PageArgs {
  const { first = DEFAULT_PAGE, after = null } = args;
  if (typeof first !== 'number' || first < 1 || first > LARGEST_PAGE) {
    throw new CarryallError('BAD_INPUT', `A page has 1 to ${LARGEST_PAGE} rows, not ${String(first)}.`);
  }
  return { first, after: typeof after === 'string' ? after : null };
}

interface Connection {
  /** Whether the page goes on from another. */
  readonly resumed: boolean;
  page(): Promise<{ readonly rows: readonly Row[]; readonly cursors: readonly string[]; readonly hasNext: boolean }>;
  count(): Promise<number>;
}

/** Reads the page once, and only when something of it is asked for. */
function connection(
  context: GatewayContext,
  type: RowsType,
  query: RowQuery,
  request: PageArgs,
  selection: object,
): Connection {
  const read = async () => {
    const page: Page<{ id: string; expires_at: Date | null; rule_id: string | null }> = await withSnapshot(
      context.pool,
      context.tenant.tenantId,
      (reader) => pageOfRows(reader, query, request),
    );
    const rows = await readRows(context, type, selection, page.rows, query);
    const cursors = new Map(page.rows.map(({ id }, index) => [id, page.cursors[index] ?? '']));
    return { rows, cursors: rows.map((row) => cursors.get(String(row['id'])) ?? ''), hasNext: page.hasNext };
  };
  let page: ReturnType<typeof read> | undefined;
  return {
    resumed: request.after !== null,
    page: () => (page ??= read()),
    count: () => withSnapshot(context.pool, context.tenant.tenantId, (reader) => countRows(reader, query)),
  };
}

const connections = new Map<string, unknown>();

const PageInfoRef = builder.pageInfoRef();

function connectionRef(type: RowsType): unknown {
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
