import { useDeferredValue, useMemo, useState } from 'react';
import type { RowColumn, RowSource } from '../gateway/row-sources.ts';
import { useAllRows } from '../gateway/use-all-rows.ts';
import type { Row, Rows } from '../gateway/use-rows.ts';
import { useSpeech } from '../language/speech.ts';
import { Empty } from './empty.tsx';
import { Failure } from './failure.tsx';
import { RowDetails } from './row-details.tsx';
import { RowGrid } from './row-grid.tsx';
import { RowProgress } from './row-progress.tsx';
import { needleOf, searched, type RowOrder } from './row-search.ts';
import { RowTools } from './row-tools.tsx';

const COLUMNS_SHOWN = 5;
/** As many as a page of the gateway has, so that showing more brings one. */
const ROWS_SHOWN = 50;

interface RowTableProps {
  readonly source: RowSource;
  readonly rows: Rows;
}

/** Records as a table: page by page as they come, and searched and sorted among all of them. */
export function RowTable({ source, rows: loaded }: RowTableProps) {
  const speech = useSpeech();
  const { t, counted, figure } = speech;
  const { rows, total, error, hasMore, isLoadingMore, more } = loaded;
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<RowOrder | null>(null);
  const [chosen, setChosen] = useState<Row | null>(null);
  const [most, setMost] = useState(ROWS_SHOWN);
  const needle = useDeferredValue(needleOf(speech, search));
  const isAllWanted = needle !== '' || order !== null;
  const all = useAllRows(loaded, isAllWanted);
  const isUnderWay = all.loading === 'LOADING' || all.loading === 'PAUSED';
  const found = useMemo(
    () => searched(speech, source.columns, rows, { needle, order }),
    [speech, source, rows, needle, order],
  );
  const filled = filledColumns(source.columns, rows);
  const shown = found.slice(0, most);
  const isMoreThere = shown.length < found.length || (hasMore && !isAllWanted);
  const showMore = (): void => {
    if (isLoadingMore && !isAllWanted) return;
    setMost(most + ROWS_SHOWN);
    if (!isAllWanted && hasMore && rows.length < most + ROWS_SHOWN) more();
  };
  const clear = (): void => {
    setSearch('');
    setMost(ROWS_SHOWN);
  };
  return (
    <>
      {total > 1 && <RowTools search={search} onSearch={setSearch} columns={filled} order={order} onOrder={setOrder} />}
      <RowProgress rows={loaded} all={all} />
      {/* Silent while records come: each page of them would be read out. */}
      <p role="status" className="quiet">
        {!isUnderWay &&
          (needle === ''
            ? shown.length === total
              ? counted('records', total)
              : t('dataset.shown', { shown: figure(shown.length), total: counted('records', total) })
            : t('dataset.found', {
                found: figure(found.length),
                shown: figure(rows.length),
                total: counted('records', total),
              }))}
      </p>
      {found.length > 0 ? (
        <RowGrid columns={shownColumns(source.columns, rows, order)} rows={shown} onChoose={setChosen} />
      ) : (
        !isUnderWay && (
          <Empty title={t('dataset.noMatch')}>
            <p>{t('dataset.noMatchText', { text: search })}</p>
            <button type="button" onClick={clear}>
              {t('dataset.clear')}
            </button>
          </Empty>
        )
      )}
      {error !== null && all.loading !== 'PAUSED' && <Failure error={error} again={() => more()} />}
      {isMoreThere && (
        <p className="actions">
          <button type="button" onClick={showMore} aria-disabled={isLoadingMore && !isAllWanted}>
            {t(isLoadingMore && !isAllWanted ? 'dataset.loadingMore' : 'dataset.more')}
          </button>
        </p>
      )}
      {chosen !== null && <RowDetails columns={source.columns} row={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}

function filledColumns(columns: readonly RowColumn[], rows: readonly Row[]): readonly RowColumn[] {
  return columns.filter(({ name }) => rows.some(({ values }) => values[name] !== null && values[name] !== ''));
}

/** By the first page alone, so that they stay where they are while others come; and what is sorted by is seen. */
function shownColumns(
  columns: readonly RowColumn[],
  rows: readonly Row[],
  order: RowOrder | null,
): readonly RowColumn[] {
  const usual = filledColumns(columns, rows.slice(0, ROWS_SHOWN)).filter(
    ({ type, name }) => type !== 'JSON' && name !== 'sourceSystem',
  );
  const first = usual.slice(0, COLUMNS_SHOWN);
  const sorted = columns.find(({ name }) => name === order?.column);
  return sorted === undefined || first.includes(sorted) ? first : [...first.slice(0, COLUMNS_SHOWN - 1), sorted];
}
