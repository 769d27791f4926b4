import { isOpen } from '../../src/requests/states.ts';
import { isOnItsWay, RequestDocument, statusOf } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { Badge } from '../parts/badge.tsx';
import { BuildProgress } from '../parts/build-progress.tsx';
import { isOver } from '../parts/due-date.tsx';
import { Decisions } from '../parts/decisions.tsx';
import { DownloadPanel } from '../parts/download-panel.tsx';
import { Page } from '../parts/page.tsx';
import { RequestActions } from '../parts/request-actions.tsx';
import { RequestFacts } from '../parts/request-facts.tsx';
import { RequestOutcome } from '../parts/request-outcome.tsx';
import { Steps } from '../parts/steps.tsx';
import { TransmitPanel } from '../parts/transmit-panel.tsx';
import { NotFound } from './not-found.tsx';

/** One request: where it stands, what it waits for, what came of it, and all that happened. */
export function RequestPage({ id }: { readonly id: string }) {
  const { t, word, named } = useSpeech();
  const { tenant } = useViewer();
  const answer = useAnswer(RequestDocument, { id }, isOnItsWay);
  const request = answer.data?.data.request ?? null;
  if (answer.data !== undefined && request === null) return <NotFound />;
  if (answer.error?.code === 'NOT_FOUND') return <NotFound />;
  const right = request === null ? '…' : word('right', request.right);
  return (
    <Page title={t('request.title', { right })} back={{ to: '/requests', name: t('request.back') }}>
      <Answer of={answer}>
        {({ request: told }) => {
          if (told === null) return null;
          const status = statusOf(told.status);
          const held = isOpen(status) && told.heldUntil !== null && !isOver(told.heldUntil) ? told.heldUntil : null;
          return (
            <>
              <div className="status" role="status">
                <Badge status={status} />
                {held === null && <p>{named('statusText', status).replaceAll('{operator}', tenant.name)}</p>}
              </div>
              {held === null ? <BuildProgress request={told} /> : <HeldNote until={held} />}
              {told.bundle !== null && <DownloadPanel request={told} bundle={told.bundle} />}
              <TransmitPanel request={told} />
              <RequestOutcome request={told} />
              <RequestFacts request={told} />
              <RequestActions request={told} />
              <Decisions decisions={told.decisions ?? []} />
              <Steps steps={told.steps ?? []} />
            </>
          );
        }}
      </Answer>
    </Page>
  );
}

function HeldNote({ until }: { readonly until: string }) {
  const { t, date } = useSpeech();
  return <p className="note note-warn">{t('request.heldText', { date: date(until) })}</p>;
}
