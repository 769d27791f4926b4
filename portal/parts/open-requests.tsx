import { Link } from 'wouter';
import { isOpen } from '../../src/requests/states.ts';
import { RequestsDocument, statusOf } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Badge } from './badge.tsx';
import { DueDate } from './due-date.tsx';

/** What the person has asked for and can fetch or must wait for. */
export function OpenRequests() {
  const { t, word } = useSpeech();
  const { data } = useAnswer(RequestsDocument, {});
  const open = (data?.data.viewer.subject?.requests ?? []).filter(
    ({ status }) => isOpen(statusOf(status)) || status === 'READY',
  );
  if (open.length === 0) return null;
  return (
    <section aria-label={t('overview.openRequests')} className="section">
      <ul className="cards">
        {open.map(({ id, right, status, dueAt }) => (
          <li key={id} className="card card-row">
            <Link href={`/requests/${id}`}>{word('right', right)}</Link>
            <Badge status={status} />
            {status !== 'READY' && <DueDate dueAt={dueAt} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
