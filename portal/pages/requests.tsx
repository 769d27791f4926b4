import { Link } from 'wouter';
import { isOpen } from '../../src/requests/states.ts';
import { isAnyMoving, RequestsDocument, statusOf } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { Empty } from '../parts/empty.tsx';
import { Page } from '../parts/page.tsx';
import { RequestList } from '../parts/request-list.tsx';

/** What the person asked for, and until when it must be answered. */
export function Requests() {
  const { t } = useSpeech();
  const requests = useAnswer(RequestsDocument, {}, isAnyMoving);
  const ask = (
    <Link href="/copy" className="button button-main">
      {t('requests.ask')}
    </Link>
  );
  return (
    <Page title={t('requests.title')} lead={t('requests.lead')} actions={ask}>
      <Answer of={requests}>
        {({ viewer }) => {
          const all = (viewer.subject?.requests ?? []).toSorted((one, other) =>
            other.receivedAt.localeCompare(one.receivedAt),
          );
          if (all.length === 0)
            return (
              <Empty title={t('requests.none')}>
                <p>{t('requests.noneText')}</p>
              </Empty>
            );
          const running = all.filter(({ status }) => isOpen(statusOf(status)) || status === 'READY');
          return (
            <>
              <RequestList title={t('requests.open')} requests={running} />
              <RequestList title={t('requests.closed')} requests={all.filter((each) => !running.includes(each))} />
            </>
          );
        }}
      </Answer>
    </Page>
  );
}
