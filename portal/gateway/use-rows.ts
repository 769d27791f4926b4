import { useInfiniteQuery } from '@tanstack/react-query';
import { use, useCallback, useMemo, useRef } from 'react';
import type { TypedDocumentString } from '../../src/generated/portal-documents/graphql.ts';
import { ask, type AskError, type PrivacyReport } from './ask.ts';
import type { RowSource } from './row-sources.ts';
import { DeclarationContext } from './use-gateway.ts';

/** A record: its columns by name, and why a column is not there. */
export interface Row {
  readonly id: string;
  readonly retention: RowRetention | null;
  readonly values: Readonly<Record<string, unknown>>;
  /** Reasons of null columns, by their name. */
  readonly withheld: Readonly<Record<string, string>>;
}

export interface RowRetention {
  readonly expiresAt: string | null;
  readonly max: boolean | null;
  readonly status: string;
  readonly ruleId: string;
}

interface Page {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly next: string | null;
  /** Why there are no rows at all, where somebody decided that. */
  readonly refused: string | null;
}

export interface Rows {
  readonly rows: readonly Row[];
  readonly total: number;
  readonly refused: string | null;
  readonly error: AskError | null;
  readonly isLoading: boolean;
  readonly isLoadingMore: boolean;
  readonly hasMore: boolean;
  /** Brings the next page; a large one for somebody who wants all of them. */
  readonly more: (size?: PageSize) => void;
  readonly again: () => void;
}

/** The largest is the most that the gateway gives at once. */
const PAGE_ROWS = { SCREEN: 50, LARGEST: 100 } as const;
export type PageSize = keyof typeof PAGE_ROWS;

/** The rows of a source, page by page (keyset), as far as they were asked for. */
export function useRows(source: RowSource): Rows {
  const declaration = use(DeclarationContext);
  const size = useRef<PageSize>('SCREEN');
  const query = useInfiniteQuery<Page, AskError, { pages: Page[] }, readonly unknown[], string | null>({
    queryKey: ['rows', source.field],
    initialPageParam: null,
    queryFn: async ({ pageParam, signal }) => {
      // Every document of rows gives the one field of its source; its other types are of no use to a table of any rows.
      const document = source.document as unknown as TypedDocumentString<Answered, Readonly<Record<string, unknown>>>;
      const variables = source.shape === 'PAGES' ? { first: PAGE_ROWS[size.current], after: pageParam } : {};
      const { data, privacy } = await ask(declaration, document, variables, signal);
      return pageOf(source, data.viewer.subject?.[source.field] ?? null, privacy);
    },
    getNextPageParam: ({ next }) => next,
    // To ask for them anew is to ask for every page: that is done by coming here again.
    staleTime: Infinity,
    refetchOnReconnect: false,
    gcTime: 0,
  });
  const pages = query.data?.pages;
  const { fetchNextPage } = query;
  const more = useCallback(
    (wanted: PageSize = 'SCREEN') => {
      size.current = wanted;
      void fetchNextPage();
    },
    [fetchNextPage],
  );
  return {
    rows: useMemo(() => pages?.flatMap(({ rows }) => rows) ?? [], [pages]),
    total: pages?.[0]?.total ?? 0,
    refused: pages?.[0]?.refused ?? null,
    error: query.error,
    isLoading: query.isLoading,
    isLoadingMore: query.isFetchingNextPage,
    hasMore: query.hasNextPage,
    more,
    again: () => void query.refetch(),
  };
}

interface Answered {
  readonly viewer: { readonly subject: Readonly<Record<string, unknown>> | null };
}

type RawRow = Readonly<Record<string, unknown>> & { readonly id: string; readonly retention: RowRetention | null };

interface Connection {
  readonly totalCount: number;
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly nodes: readonly RawRow[];
}

function pageOf({ field, shape, columns }: RowSource, value: unknown, { nulls }: PrivacyReport): Page {
  const prefix = ['viewer', 'subject', field];
  const reasonAt = (path: readonly (string | number)[]): string | undefined =>
    nulls.find((note) => note.path.length === path.length && note.path.every((step, index) => step === path[index]))
      ?.reason;
  if (value === null) return { rows: [], total: 0, next: null, refused: reasonAt(prefix) ?? null };
  const rowAt = (raw: RawRow, path: readonly (string | number)[]): Row => ({
    id: raw.id,
    retention: raw.retention,
    values: Object.fromEntries(columns.map(({ name }) => [name, raw[name]])),
    withheld: Object.fromEntries(
      columns.flatMap(({ name }) => {
        const reason = raw[name] === null ? reasonAt([...path, name]) : undefined;
        return reason === undefined ? [] : [[name, reason]];
      }),
    ),
  });
  switch (shape) {
    case 'ONE':
      return { rows: [rowAt(value as RawRow, prefix)], total: 1, next: null, refused: null };
    case 'LIST': {
      const list = value as readonly RawRow[];
      return {
        rows: list.map((raw, at) => rowAt(raw, [...prefix, at])),
        total: list.length,
        next: null,
        refused: null,
      };
    }
    case 'PAGES': {
      const { nodes, totalCount, pageInfo } = value as Connection;
      const rows = nodes.map((raw, at) => rowAt(raw, [...prefix, 'nodes', at]));
      return { rows, total: totalCount, next: pageInfo.hasNextPage ? pageInfo.endCursor : null, refused: null };
    }
    default:
      return shape satisfies never;
  }
}
