import { useSpeech } from '../language/speech.ts';

const DAY_MS = 86_400_000;

/** Whole days from today to a date; negative when it is over. The server decides what is late: this only tells it. */
export function daysUntil(dueAt: string, now: number = Date.now()): number {
  const left = (Date.parse(dueAt) - now) / DAY_MS;
  return left < 0 ? Math.min(-1, Math.trunc(left)) : Math.ceil(left);
}

/** Until when a request must be answered, and how much time is left; in words, too, when it is late. */
export function DueDate({ dueAt }: { readonly dueAt: string }) {
  const { t, date, counted } = useSpeech();
  const left = daysUntil(dueAt);
  const tone = left < 0 ? 'late' : left <= 5 ? 'soon' : 'quiet';
  return (
    <span className="due">
      <time dateTime={dueAt}>{date(dueAt)}</time>{' '}
      <span className={tone}>
        {left < 0
          ? t('request.overdue', { days: counted('request.days', -left) })
          : left === 0
            ? t('request.dueToday')
            : t('request.left', { days: counted('request.days', left) })}
      </span>
    </span>
  );
}
