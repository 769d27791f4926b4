import { useId } from 'react';
import { MOVING, statusOf, type Request } from '../gateway/requests.ts';
import { useProgress } from '../gateway/use-progress.ts';
import { useSpeech } from '../language/speech.ts';

/** How far the copy is, while it is being put together. */
export function BuildProgress({ request }: { readonly request: Request }) {
  const { t, named, figure, bytes, percent } = useSpeech();
  const id = useId();
  const status = statusOf(request.status);
  const { told, connection } = useProgress(request.id, MOVING.has(status));
  if (status !== 'APPROVED' && status !== 'BUILDING') return null;
  const progress = told ?? request.progress;
  const rows = Number(progress?.rows ?? 0);
  const expected = progress?.expectedRows ?? null;
  const share = expected === null || Number(expected) === 0 ? null : Math.min(1, rows / Number(expected));
  const stage = progress?.stage ?? null;
  return (
    <section aria-labelledby={id} className="panel">
      <h2 id={id}>{t('progress.title')}</h2>
      <progress aria-label={t('progress.label')} {...(share === null ? {} : { value: share, max: 1 })} />
      <p className="spread">
        <span>{stage === null ? t('progress.waiting') : named('stage', stage)}</span>
        <span className="quiet">
          {expected === null
            ? rows > 0 && t('progress.rowsOpen', { done: figure(rows) })
            : t('progress.rows', { done: figure(rows), expected: figure(Number(expected)) })}
          {progress !== null && Number(progress.bytes) > 0 && ` · ${bytes(progress.bytes)}`}
          {progress !== null && progress.attempt > 1 && ` · ${t('progress.attempt', { n: figure(progress.attempt) })}`}
        </span>
      </p>
      <p className={connection === 'LOST' ? 'late' : 'quiet'} role="status">
        {connection !== null && t(`progress.${connection}`)}
      </p>
      {/* In quarters, so that a screen reader tells how far it is, and not without end. */}
      <p className="unseen" role="status">
        {share !== null && percent(Math.floor(share * 4) / 4)}
      </p>
    </section>
  );
}
