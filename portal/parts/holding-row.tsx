import { Link } from 'wouter';
import { rowSourceFor } from '../gateway/row-sources.ts';
import { useSpeech } from '../language/speech.ts';
import { Retention } from './retention.tsx';
import type { Holding } from './tiles.tsx';

/** One category: how many records, from when, for whom, and how long they are kept. */
export function HoldingRow({ holding }: { readonly holding: Holding }) {
  const { t, word, counted, date } = useSpeech();
  const { dataset, relation, count, title, role, onBehalfOf, undeclared, rules, oldest, newest } = holding;
  const path = count === null ? null : pathOf(dataset, relation);
  const name = word('dataset', dataset, title);
  const from = date(oldest);
  const to = date(newest);
  return (
    <li className="holding">
      <div>
        <h3>{path === null ? name : <Link href={path}>{name}</Link>}</h3>
        <p className="quiet">
          {word('relation', relation)}
          {role === 'PROCESSOR' &&
            ` · ${onBehalfOf === null ? t('overview.forCustomer') : t('overview.for', { party: onBehalfOf })}`}
          {count !== null && path === null && ` · ${word('reason', 'SECRET')}`}
          {undeclared && ` · ${t('overview.undeclared')}`}
        </p>
      </div>
      <div className="holding-count">
        {count === null ? (
          <p className="quiet">{t('overview.mayNotSay')}</p>
        ) : (
          <>
            <p>
              <strong>{counted('records', count)}</strong>
            </p>
            {oldest !== null && <p className="quiet">{from === to ? from : t('overview.fromTo', { from, to })}</p>}
          </>
        )}
      </div>
      <div className="holding-kept">
        <Retention rules={rules} title={t('overview.kept')} />
      </div>
    </li>
  );
}

/** Where the records are shown; null where they have no page. Requests have pages of their own. */
function pathOf(dataset: string, relation: string): string | null {
  if (dataset === 'requests') return '/requests';
  const source = rowSourceFor(dataset, relation);
  return source === null ? null : `/data/${source.field}`;
}
