import type { RowColumn } from '../gateway/row-sources.ts';
import type { Row, RowRetention } from '../gateway/use-rows.ts';
import { showValue } from '../language/show-value.ts';
import { useSpeech } from '../language/speech.ts';
import { Dialog } from './dialog.tsx';
import { columnName } from './column-name.ts';
import { Retention } from './retention.tsx';

interface RowDetailsProps {
  readonly columns: readonly RowColumn[];
  readonly row: Row;
  readonly onClose: () => void;
}

/** All of one record: each value or why it is not there, and until when the record is kept. */
export function RowDetails({ columns, row, onClose }: RowDetailsProps) {
  const speech = useSpeech();
  const { t, named } = speech;
  return (
    <Dialog title={t('dataset.record', { id: row.id })} onClose={onClose}>
      <dl className="facts facts-list">
        {columns.map((column) => {
          const { name, type } = column;
          const reason = row.withheld[name];
          const text = showValue(speech, type, row.values[name]);
          return (
            <div key={name}>
              <dt>{columnName(speech, column)}</dt>
              <dd>
                {reason === 'NOT_COLLECTED' ? (
                  <span className="quiet">{named('why', reason)}</span>
                ) : reason !== undefined ? (
                  <span className="withheld">
                    <strong>{t('dataset.withheld')}</strong> {named('why', reason)}
                  </span>
                ) : text === '' ? (
                  <span className="quiet">{t('dataset.empty')}</span>
                ) : (
                  text
                )}
              </dd>
            </div>
          );
        })}
        {row.retention !== null && (
          <div>
            <dt>{t('dataset.kept')}</dt>
            <dd>
              <Kept retention={row.retention} />
            </dd>
          </div>
        )}
      </dl>
    </Dialog>
  );
}

function Kept({ retention: { expiresAt, max, status, ruleId } }: { readonly retention: RowRetention }) {
  const { t, date } = useSpeech();
  return (
    <>
      {status === 'OVERDUE' ? (
        <span className="late">{t('dataset.overdue', { date: date(expiresAt) })}</span>
      ) : expiresAt === null ? (
        t('dataset.noEnd')
      ) : (
        t(max === true ? 'dataset.atMostUntil' : 'dataset.until', { date: date(expiresAt) })
      )}
      <Retention rules={[ruleId]} />
    </>
  );
}
