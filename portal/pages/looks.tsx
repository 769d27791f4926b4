import { useInfiniteQuery } from '@tanstack/react-query';
import { use } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { LooksQuery } from '../../src/generated/portal-documents/graphql.ts';
import { ask, type AskError } from '../gateway/ask.ts';
import { DeclarationContext } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Empty } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Loading } from '../parts/loading.tsx';
import { Look } from '../parts/look.tsx';
import { Page } from '../parts/page.tsx';

const LooksDocument = graphql(/* GraphQL */ `
  query Looks($after: String) {
    viewer {
      subject {
        id
        accessLog(first: 20, after: $after) {
          nodes {
            at
            role
            action
            purpose
            items
            ticket
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  }
`);

type Log = NonNullable<NonNullable<LooksQuery['viewer']['subject']>['accessLog']>;

/** Who looked, when and why. */
export function Looks() {
  const { t } = useSpeech();
  const declaration = use(DeclarationContext);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery<
    Log | null,
    AskError,
    { pages: (Log | null)[] },
    readonly unknown[],
    string | null
  >({
    queryKey: ['looks'],
    initialPageParam: null,
    queryFn: async ({ pageParam, signal }) => {
      const { data: answered } = await ask(declaration, LooksDocument, { after: pageParam }, signal);
      return answered.viewer.subject?.accessLog ?? null;
    },
    getNextPageParam: (page) => (page?.pageInfo.hasNextPage === true ? page.pageInfo.endCursor : null),
  });
  const looks = data?.pages.flatMap((page) => page?.nodes ?? []) ?? [];
  return (
    <Page title={t('looks.title')} lead={t('looks.lead')}>
      {data === undefined && error === null && <Loading lines={5} />}
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {data !== undefined && looks.length === 0 && (
        <Empty title={t('looks.none')}>
          <p>{t('looks.noneText')}</p>
        </Empty>
      )}
      {looks.length > 0 && (
        <ol className="timeline">
          {looks.map((look) => (
            <Look key={`${look.at} ${look.role} ${look.action}`} look={look} />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <p className="actions">
          <button type="button" onClick={() => void fetchNextPage()} aria-disabled={isFetchingNextPage}>
            {t(isFetchingNextPage ? 'dataset.loadingMore' : 'looks.more')}
          </button>
        </p>
      )}
    </Page>
  );
}
