import { useInfiniteQuery } from '@tanstack/react-query';
import { use, useState } from 'react';
import { OPEN_STATUSES } from '../../src/requests/states.ts';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { QueueQuery } from '../../src/generated/portal-documents/graphql.ts';
import { ask, type AskError } from '../gateway/ask.ts';
import { DeclarationContext, useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Loading } from '../parts/loading.tsx';
import { Page } from '../parts/page.tsx';
import { QueueFilter, type QueueChoice } from './queue-filter.tsx';
import { QueueTable } from './queue-table.tsx';

const QueueDocument = graphql(/* GraphQL */ `
  query Queue($status: [String!], $overdue: Boolean, $after: String) {
    requestQueue(status: $status, overdue: $overdue, first: 25, after: $after) {
      nodes {
        id
        right
        relation
        status
        receivedAt
        dueAt
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

const CountsDocument = graphql(/* GraphQL */ `
  query Counts {
    requestCounts {
      open
      dueSoon
      overdue
    }
  }
`);

type QueuePage = NonNullable<QueueQuery['requestQueue']>;

const CHOICES: {
  readonly [C in QueueChoice]: { readonly status: string[] | null; readonly overdue: boolean | null };
} = {
  open: { status: [...OPEN_STATUSES], overdue: null },
  overdue: { status: null, overdue: true },
  needs: { status: ['NEEDS_REVIEW', 'INSTRUCTION_REQUIRED', 'RECALLED'], overdue: null },
  all: { status: null, overdue: null },
};

/** The requests of the operator by due date; what is late is told before anything else. */
export function Queue() {
  const { t, counted } = useSpeech();
  const declaration = use(DeclarationContext);
  const [choice, setChoice] = useState<QueueChoice>('open');
  const counts = useAnswer(CountsDocument, {}).data?.data.requestCounts ?? null;
  const late = counts?.overdue ?? null;
  const open = counts?.open ?? 0;
  const soon = counts?.dueSoon ?? 0;
  const queue = useInfiniteQuery<
    QueuePage | null,
    AskError,
    { pages: (QueuePage | null)[] },
    readonly unknown[],
    string | null
  >({
    queryKey: ['queue', choice],
    initialPageParam: null,
    queryFn: async ({ pageParam, signal }) => {
      const { data } = await ask(declaration, QueueDocument, { ...CHOICES[choice], after: pageParam }, signal);
      return data.requestQueue;
    },
    getNextPageParam: (page) => (page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null),
  });
  const requests = queue.data?.pages.flatMap((page) => page?.nodes ?? []) ?? [];
  return (
    <Page title={t('queue.title')} lead={t('queue.lead')}>
      {late !== null && (
        <p className={late > 0 ? 'note note-bad' : 'note note-good'} role="status">
          <strong>{late > 0 ? counted('queue.someOverdue', late) : t('queue.noneOverdue')}</strong>{' '}
          {open === 0 ? t('queue.noneOpen') : counted('queue.someOpen', open)}{' '}
          {open > 0 && (soon === 0 ? t('queue.noneSoon') : counted('queue.someSoon', soon))}
        </p>
      )}
      <QueueFilter choice={choice} late={late} onChoose={setChoice} />
      {queue.error !== null && <Failure error={queue.error} again={() => void queue.refetch()} />}
      {queue.data === undefined && queue.error === null && <Loading lines={6} />}
      {queue.data !== undefined && requests.length === 0 && (
        <Empty title={t('queue.none')}>
          <p>{t('queue.noneText')}</p>
        </Empty>
      )}
      {requests.length > 0 && <QueueTable requests={requests} />}
      {queue.hasNextPage && (
        <p className="actions">
          <button type="button" onClick={() => void queue.fetchNextPage()} aria-disabled={queue.isFetchingNextPage}>
            {t('queue.more')}
          </button>
        </p>
      )}
    </Page>
  );
}
