import { useSpeech } from '../language/speech.ts';

const DAY_MS = 86_400_000;

/** Whether an instant is over, by the clock of the reader. The server decides what is late: this only tells it. */
export function isOver(instant: string, now: Date = new Date()): boolean {
  return Date.parse(instant) < now.getTime();
}

/** Days from today to the day of an instant, as a calendar counts them; once it is over, the whole days since, from -1 down. */
function daysUntil(dueAt: string, now: Date = new Date()): number {
  const due = new Date(dueAt);
  if (isOver(dueAt, now)) return Math.min(-1, Math.trunc((due.getTime() - now.getTime()) / DAY_MS));
  // Rounded, since a day on which clocks change has 23 or 25 hours.
  return Math.round((midnightOf(due) - midnightOf(now)) / DAY_MS);
}

function midnightOf(instant: Date): number {
  return new Date(instant.getFullYear(), instant.getMonth(), instant.getDate()).getTime();
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
