import { Link } from 'wouter';
import type { QueueQuery } from '../../src/generated/portal-documents/graphql.ts';
import { isOpen } from '../../src/requests/states.ts';
import { statusOf } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';
import { Badge } from '../parts/badge.tsx';
import { DueDate, isOver } from '../parts/due-date.tsx';

type Queued = NonNullable<QueueQuery['requestQueue']>['nodes'][number];

/** Requests in a table; a late one is marked at its edge, by colour and in words. */
export function QueueTable({ requests }: { readonly requests: readonly Queued[] }) {
  const { t, word, date } = useSpeech();
  const isLate = ({ status, dueAt }: Queued): boolean => isOpen(statusOf(status)) && isOver(dueAt);
  return (
    <div className="table-frame">
      <table className="rows">
        <caption className="unseen">{t('queue.title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('queue.right')}</th>
            <th scope="col">{t('queue.status')}</th>
            <th scope="col">{t('queue.due')}</th>
            <th scope="col">{t('queue.received')}</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <tr key={request.id} className={isLate(request) ? 'row-late' : ''}>
              <td data-label={t('queue.right')}>
                <Link href={`/queue/${request.id}`}>
                  {word('right', request.right)}
                  <span className="unseen">, {request.id}</span>
                </Link>
                <span className="line quiet">{word('relation', request.relation)}</span>
              </td>
              <td data-label={t('queue.status')}>
                <Badge status={request.status} />
              </td>
              <td data-label={t('queue.due')}>
                {isOpen(statusOf(request.status)) ? <DueDate dueAt={request.dueAt} /> : date(request.dueAt)}
              </td>
              <td data-label={t('queue.received')}>{date(request.receivedAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
