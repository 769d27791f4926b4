import { useId } from 'react';
import { Link } from 'wouter';
import type { RequestsQuery } from '../../src/generated/portal-documents/graphql.ts';
import { isOpen } from '../../src/requests/states.ts';
import { statusOf } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';
import { Badge } from './badge.tsx';
import { DueDate } from './due-date.tsx';

interface RequestListProps {
  readonly title: string;
  readonly requests: NonNullable<NonNullable<RequestsQuery['viewer']['subject']>['requests']>;
}

/** Requests of the person, each with its clock. */
export function RequestList({ title, requests }: RequestListProps) {
  const { t, word, date } = useSpeech();
  const id = useId();
  if (requests.length === 0) return null;
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{title}</h2>
      <ul className="cards">
        {requests.map((request) => (
          <li key={request.id} className="card card-row">
            <div>
              <h3>
                <Link href={`/requests/${request.id}`}>{word('right', request.right)}</Link>
              </h3>
              <p className="quiet">
                {t('request.received')} <time dateTime={request.receivedAt}>{date(request.receivedAt)}</time>
              </p>
            </div>
            <Badge status={request.status} />
            {isOpen(statusOf(request.status)) && (
              <p>
                <span className="quiet">{t('request.due')}</span> <DueDate dueAt={request.dueAt} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
