import { useId } from 'react';
import type { RowColumn } from '../gateway/row-sources.ts';
import type { Row } from '../gateway/use-rows.ts';
import { showValue } from '../language/show-value.ts';
import { useSpeech } from '../language/speech.ts';
import { columnName } from './column-name.ts';

interface RowGridProps {
  readonly columns: readonly RowColumn[];
  readonly rows: readonly Row[];
  readonly onChoose: (row: Row) => void;
}

/** Records below each other, each with a way to all of it. */
export function RowGrid({ columns, rows, onChoose }: RowGridProps) {
  const speech = useSpeech();
  const { t } = speech;
  const caption = useId();
  return (
    <div className="table-frame">
      <table className="rows" aria-labelledby={caption}>
        <caption id={caption} className="unseen">
          {t('dataset.rows')}
        </caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col">
                {columnName(speech, column)}
              </th>
            ))}
            <th scope="col">
              <span className="unseen">{t('dataset.details')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              {columns.map((column) => (
                <td key={column.name} data-label={columnName(speech, column)}>
                  <Cell row={row} name={column.name} type={column.type} />
                </td>
              ))}
              <td className="cell-action">
                <button
                  type="button"
                  className="plain"
                  onClick={() => onChoose(row)}
                  aria-label={t('dataset.detailsOf', { id: row.id })}
                >
                  {t('dataset.details')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ row, name, type }: RowColumn & { readonly row: Row }) {
  const speech = useSpeech();
  const reason = row.withheld[name];
  if (reason !== undefined) return <span className="quiet">{speech.t('dataset.withheld')}</span>;
  const text = showValue(speech, type, row.values[name]);
  return text === '' ? <span className="quiet">–</span> : <span className="clamped">{text}</span>;
}
