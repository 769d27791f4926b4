import type { OverviewQuery } from '../../src/generated/portal-documents/graphql.ts';
import { useSpeech } from '../language/speech.ts';

export type Holding = NonNullable<NonNullable<OverviewQuery['viewer']['subject']>['holdings']>[number];

/** The most important figures of what is held. */
export function Tiles({ holdings }: { readonly holdings: readonly Holding[] }) {
  const { t, figure, date } = useSpeech();
  const records = holdings.reduce((sum, { count }) => sum + (count ?? 0), 0);
  const [oldest] = holdings.flatMap((holding) => (holding.oldest === null ? [] : [holding.oldest])).toSorted();
  return (
    <dl className="tiles">
      <div>
        <dt>{t('overview.records')}</dt>
        <dd>{figure(records)}</dd>
      </div>
      <div>
        <dt>{t('overview.categories')}</dt>
        <dd>{figure(new Set(holdings.map(({ dataset }) => dataset)).size)}</dd>
      </div>
      {oldest !== undefined && (
        <div>
          <dt>{t('overview.since')}</dt>
          <dd>{date(oldest)}</dd>
        </div>
      )}
    </dl>
  );
}
