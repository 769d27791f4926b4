import { MOST_ROWS, type AllRows } from '../gateway/use-all-rows.ts';
import type { Rows } from '../gateway/use-rows.ts';
import { useSpeech } from '../language/speech.ts';

interface RowProgressProps {
  readonly rows: Pick<Rows, 'rows' | 'total'>;
  readonly all: AllRows;
}

/** How many records a search or an order has gone through, while and where these are not all. */
export function RowProgress({ rows: { rows, total }, all: { loading, stop, goOn } }: RowProgressProps) {
  const { t, counted, figure } = useSpeech();
  if (loading === 'IDLE' || loading === 'FAILED') return null;
  const share = Math.min(1, rows.length / Math.max(1, Math.min(total, MOST_ROWS)));
  const isUnderWay = loading === 'LOADING' || loading === 'PAUSED';
  return (
    <div className="row-progress">
      {isUnderWay && <progress aria-label={t('dataset.searching')} value={share} max={1} />}
      <p className="quiet">
        {loading === 'FULL'
          ? t('dataset.full', { most: figure(rows.length), total: counted('records', total) })
          : t('dataset.searched', { done: figure(rows.length), total: counted('records', total) })}
        {loading === 'PAUSED' && ` ${t('dataset.paused')}`}
      </p>
      {isUnderWay && (
        <button type="button" onClick={stop}>
          {t('dataset.stop')}
        </button>
      )}
      {loading === 'STOPPED' && (
        <button type="button" onClick={goOn}>
          {t('dataset.goOn')}
        </button>
      )}
    </div>
  );
}
