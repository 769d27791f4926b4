import { useEffect, useState } from 'react';
import type { Rows } from './use-rows.ts';

/** The most rows that are brought here to be searched and sorted: a browser holds and filters as many without a wait. */
export const MOST_ROWS = 10_000;

/**
 * IDLE     nothing more is wanted, or all of it is here
 * LOADING  the next rows are on their way
 * PAUSED   it was a lot at once; the gateway said how long to wait
 * STOPPED  by the person, with rows missing
 * FULL     as many as are brought here, and there are more
 * FAILED   the next rows did not come
 */
type Loading = 'IDLE' | 'LOADING' | 'PAUSED' | 'STOPPED' | 'FULL' | 'FAILED';

export interface AllRows {
  readonly loading: Loading;
  readonly stop: () => void;
  readonly goOn: () => void;
}

/** Brings what is missing of the rows, one page after the other, for as long as all of them are wanted. */
export function useAllRows(rows: Rows, isWanted: boolean): AllRows {
  const [isStopped, setStopped] = useState(false);
  const { rows: here, hasMore, isLoadingMore, error, more } = rows;
  const seconds = error?.retryAfter ?? 1;
  const loading = stateOf(rows, isWanted, isStopped);
  // The next search begins by itself.
  if (isStopped && !isWanted) setStopped(false);
  useEffect(() => {
    if (loading === 'LOADING' && !isLoadingMore) more('LARGEST');
  }, [loading, isLoadingMore, here.length, more]);
  useEffect(() => {
    if (loading !== 'PAUSED') return;
    const timer = setTimeout(() => more('LARGEST'), seconds * 1000);
    return () => clearTimeout(timer);
  }, [loading, seconds, more]);
  return {
    loading: hasMore ? loading : 'IDLE',
    stop: () => setStopped(true),
    goOn: () => {
      setStopped(false);
      if (error !== null) more('LARGEST');
    },
  };
}

function stateOf({ rows, hasMore, isLoadingMore, error }: Rows, isWanted: boolean, isStopped: boolean): Loading {
  if (!hasMore || !isWanted) return 'IDLE';
  if (rows.length >= MOST_ROWS) return 'FULL';
  if (isStopped) return 'STOPPED';
  if (isLoadingMore || error === null) return 'LOADING';
  return error.code === 'RATE_LIMITED' ? 'PAUSED' : 'FAILED';
}
