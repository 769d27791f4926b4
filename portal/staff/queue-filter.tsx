import { useSpeech } from '../language/speech.ts';

export type QueueChoice = 'open' | 'overdue' | 'needs' | 'all';

interface QueueFilterProps {
  readonly choice: QueueChoice;
  /** Null until it is known. */
  readonly late: number | null;
  readonly onChoose: (choice: QueueChoice) => void;
}

const CHOICES = ['open', 'overdue', 'needs', 'all'] as const;

/** Which requests to show. */
export function QueueFilter({ choice, late, onChoose }: QueueFilterProps) {
  const { t, figure } = useSpeech();
  return (
    <div role="group" aria-label={t('queue.filter')} className="filter">
      {CHOICES.map((each) => (
        <button key={each} type="button" aria-pressed={each === choice} onClick={() => onChoose(each)}>
          {t(`queue.${each}`)}
          {each === 'overdue' && late !== null && late > 0 && <span className="count-late">{figure(late)}</span>}
        </button>
      ))}
    </div>
  );
}
