import { useId, useState } from 'react';
import type { Bundle } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';
import { Fetches } from './fetches.tsx';
import { RecallForm } from './recall-form.tsx';

/** The copy that answered a request: what became of it, who fetched it, and the way to take it back. */
export function BundlePanel({ bundle }: { readonly bundle: Bundle }) {
  const { t, named, bytes, moment, date } = useSpeech();
  const [isRecalling, setRecalling] = useState(false);
  const id = useId();
  const { status, createdAt, recalledAt, expiresAt, format, sealed, downloads } = bundle;
  return (
    <section aria-labelledby={id} className="panel">
      <h2 id={id}>{t('bundle.title')}</h2>
      <dl className="facts">
        <div>
          <dt>{t('bundle.status')}</dt>
          <dd>
            {named('bundleStatus', status)}
            {recalledAt !== null && <span className="line quiet">{moment(recalledAt)}</span>}
          </dd>
        </div>
        <div>
          <dt>{t('bundle.made')}</dt>
          <dd>
            <time dateTime={createdAt}>{moment(createdAt)}</time>
            {status === 'READY' && expiresAt !== null && (
              <span className="line quiet">{t('download.until', { date: date(expiresAt) })}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{t('download.size')}</dt>
          <dd>
            {bundle.bytes !== null && `${bytes(bundle.bytes)}, `}
            {format}
            {sealed && <span className="line quiet">{t('bundle.sealed')}</span>}
          </dd>
        </div>
      </dl>
      <Fetches downloads={downloads} size={bundle.bytes} />
      {status === 'READY' && (
        <p className="actions">
          <button type="button" className="button-bad" onClick={() => setRecalling(true)}>
            {t('recall.title')}
          </button>
        </p>
      )}
      {isRecalling && <RecallForm bundle={bundle} onClose={() => setRecalling(false)} />}
    </section>
  );
}
