import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { Decision } from '../gateway/requests.ts';
import { useAct } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Failure } from '../parts/failure.tsx';

const ReviewDocument = graphql(/* GraphQL */ `
  mutation Review($id: ID!, $review: DecisionReview!) {
    reviewDecision(id: $id, review: $review) {
      id
      status
    }
  }
`);

const REVIEWS = ['OPERATOR_IS_CONTROLLER', 'FORWARDED'] as const;

/** Settles who is responsible for a part of a request, where the policy leaves it open. */
export function Review({ decision: { id, outcome, review, reviewedAt } }: { readonly decision: Decision }) {
  const { t, date, named } = useSpeech();
  const act = useAct(ReviewDocument);
  if (review !== null)
    return (
      <p className="quiet">
        {named('work', review)}. {t('work.reviewed', { date: date(reviewedAt) })}
      </p>
    );
  if (outcome !== 'NEEDS_REVIEW') return null;
  return (
    <div role="group" aria-label={t('work.review')}>
      <p>{t('work.review')}</p>
      <div className="actions">
        {REVIEWS.map((each) => (
          <button
            key={each}
            type="button"
            aria-disabled={act.isPending}
            onClick={() => {
              if (!act.isPending) act.mutate({ id, review: each });
            }}
          >
            {t(`work.${each}`)}
          </button>
        ))}
      </div>
      {act.error !== null && <Failure error={act.error} />}
    </div>
  );
}
