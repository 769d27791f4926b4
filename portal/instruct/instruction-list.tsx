import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import type { Instruction } from './documents.ts';
import { lastDayOf } from './wish.ts';

interface InstructionListProps {
  readonly instructions: readonly Instruction[];
  /** Absent for those who only look. */
  readonly onRevoke?: (id: string) => void;
}

/** Instructions on record, the newest first. */
export function InstructionList({ instructions, onRevoke }: InstructionListProps) {
  const { t, word, named, counted, list, date } = useSpeech();
  const policy = useAnswer(PolicyDocument, {}).data?.data.policy;
  const nameOf = (item: string): string => word('item', policy?.items.find((each) => each.id === item)?.item ?? item);
  if (instructions.length === 0) return <p className="quiet">{t('instruct.noneOnRecord')}</p>;
  return (
    <ul className="cards">
      {instructions.map(({ id, items, purpose, from, until, exportAllowed, document, revokedAt }) => (
        <li key={id} className="card">
          <div className="card-row">
            <div>
              <h3>{t(exportAllowed ? 'instruct.mayLeave' : 'instruct.mayNotLeave')}</h3>
              <p className="quiet">
                {until === null
                  ? t('instruct.since', { from: date(from) })
                  : t('instruct.fromTo', { from: date(from), until: date(lastDayOf(until)) })}{' '}
                · {named('declare', purpose)}
                {document !== null && ` · ${document}`}
              </p>
            </div>
            {revokedAt !== null ? (
              <span className="badge">{t('instruct.revoked', { date: date(revokedAt) })}</span>
            ) : (
              onRevoke !== undefined && (
                <button type="button" className="button-bad" onClick={() => onRevoke(id)}>
                  {t('instruct.revoke')}
                </button>
              )
            )}
          </div>
          <details>
            <summary>{counted('request.items', items.length)}</summary>
            <p>{list(items.map(nameOf))}</p>
          </details>
        </li>
      ))}
    </ul>
  );
}
