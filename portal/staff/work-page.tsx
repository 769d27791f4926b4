import { isMoving, RequestDocument, statusOf } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { NotFound } from '../pages/not-found.tsx';
import { Answer } from '../parts/answer.tsx';
import { Badge } from '../parts/badge.tsx';
import { Decisions } from '../parts/decisions.tsx';
import { Page } from '../parts/page.tsx';
import { RequestFacts } from '../parts/request-facts.tsx';
import { RequestOutcome } from '../parts/request-outcome.tsx';
import { Steps } from '../parts/steps.tsx';
import { BundlePanel } from './bundle-panel.tsx';
import { InstructionPanel } from './instruction-panel.tsx';
import { Review } from './review.tsx';
import { Whom } from './whom.tsx';
import { WorkActions } from './work-actions.tsx';

/** One request, as staff work on it. */
export function WorkPage({ id }: { readonly id: string }) {
  const { t, word, named } = useSpeech();
  const answer = useAnswer(RequestDocument, { id }, isMoving);
  const request = answer.data?.data.request ?? null;
  if (answer.data !== undefined && request === null) return <NotFound />;
  const right = request === null ? '…' : word('right', request.right);
  return (
    <Page title={right} back={{ to: '/queue', name: t('work.back') }}>
      <Answer of={answer}>
        {({ request: told }) =>
          told === null ? null : (
            <>
              <div className="status" role="status">
                <Badge status={statusOf(told.status)} />
                <p className="quiet">
                  {t('work.channel')} {named('channel', told.channel)} · {word('relation', told.relation)} ·{' '}
                  <code>{told.id}</code>
                </p>
              </div>
              <Whom subject={told.subjectId} />
              <RequestFacts request={told} />
              <WorkActions request={told} />
              <InstructionPanel request={told} />
              <RequestOutcome request={told} />
              {told.bundle !== null && <BundlePanel bundle={told.bundle} />}
              <Decisions decisions={told.decisions ?? []} act={(decision) => <Review decision={decision} />} />
              <Steps steps={told.steps ?? []} />
            </>
          )
        }
      </Answer>
    </Page>
  );
}
