import { useId } from 'react';
import type { RowColumn } from '../gateway/row-sources.ts';
import { MOST_ROWS } from '../gateway/use-all-rows.ts';
import { useSpeech } from '../language/speech.ts';
import { columnName } from './column-name.ts';
import type { RowOrder } from './row-search.ts';

interface RowToolsProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly columns: readonly RowColumn[];
  /** Null for the order in which the gateway gives them. */
  readonly order: RowOrder | null;
  readonly onOrder: (order: RowOrder | null) => void;
}

/** Search and order above a table of records. */
export function RowTools({ search, onSearch, columns, order, onOrder }: RowToolsProps) {
  const speech = useSpeech();
  const { t, figure } = speech;
  const id = useId();
  return (
    <search className="tools">
      <div className="field">
        <label htmlFor={`${id}-search`}>{t('dataset.search')}</label>
        <input
          id={`${id}-search`}
          type="search"
          value={search}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => onSearch(target.value)}
        />
        <p id={`${id}-hint`} className="hint">
          {t('dataset.searchHint', { most: figure(MOST_ROWS) })}
        </p>
      </div>
      <div className="field">
        <label htmlFor={`${id}-sort`}>{t('dataset.sort')}</label>
        <span className="together">
          <select
            id={`${id}-sort`}
            value={order?.column ?? ''}
            onChange={({ target: { value } }) => onOrder(value === '' ? null : { column: value, isDown: false })}
          >
            <option value="">{t('dataset.sortGiven')}</option>
            {columns.map((column) => (
              <option key={column.name} value={column.name}>
                {columnName(speech, column)}
              </option>
            ))}
          </select>
          {order !== null && (
            <button type="button" onClick={() => onOrder({ ...order, isDown: !order.isDown })}>
              <span aria-hidden="true">{order.isDown ? '↓' : '↑'}</span>{' '}
              {t(order.isDown ? 'dataset.descending' : 'dataset.ascending')}
            </button>
          )}
        </span>
      </div>
    </search>
  );
}
