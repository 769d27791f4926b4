import { useId } from 'react';
import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { DueDate } from '../parts/due-date.tsx';
import { Empty } from '../parts/empty.tsx';
import type { Wanted } from './documents.ts';

interface WantedListProps {
  readonly wanted: readonly Wanted[];
  readonly onInstruct: (wanted: Wanted) => void;
}

/** Requests that wait for a controller's word, the first due first. */
export function WantedList({ wanted, onInstruct }: WantedListProps) {
  const { t, word, counted, list, date } = useSpeech();
  const { organisationId } = useViewer();
  const id = useId();
  const policy = useAnswer(PolicyDocument, {}).data?.data.policy;
  const nameOf = (item: string): string => word('item', policy?.items.find((each) => each.id === item)?.item ?? item);
  if (wanted.length === 0)
    return (
      <Empty title={t('instruct.noneWanted')}>
        <p>{t('instruct.noneWantedText')}</p>
      </Empty>
    );
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('instruct.wanted')}</h2>
      <ul className="cards">
        {wanted.map((each) => (
          <li key={`${each.requestId} ${each.organisationId}`} className="card">
            <div className="card-row">
              <div>
                <h3>{word('right', each.right)}</h3>
                <p className="quiet">
                  {t('request.received')} {date(each.receivedAt)}{' '}
                  <span className="line">
                    <code>{each.requestId}</code>
                  </span>
                  {organisationId === null && (
                    <span className="line">
                      {t('instruct.organisation')}: <code>{each.organisationId}</code>
                    </span>
                  )}
                </p>
              </div>
              <DueDate dueAt={each.dueAt} />
              <button type="button" className="button-main" onClick={() => onInstruct(each)}>
                {t('instruct.instruct')}
                <span className="unseen"> – {each.requestId}</span>
              </button>
            </div>
            <details>
              <summary>{counted('request.items', each.items.length)}</summary>
              <p>{list(each.items.map(nameOf))}</p>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
