import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { Page } from '../parts/page.tsx';
import { RightCard } from '../parts/right-card.tsx';

/** Every right of the person, what the policy says of it, and how to use it. */
export function Rights() {
  const { t } = useSpeech();
  const policy = useAnswer(PolicyDocument, {});
  return (
    <Page title={t('rights.title')} lead={t('rights.lead')}>
      <Answer of={policy} lines={6}>
        {({ policy: { rights } }) => (
          <ul className="cards">
            {rights.map((right) => (
              <RightCard key={right.right} right={right} />
            ))}
          </ul>
        )}
      </Answer>
    </Page>
  );
}
