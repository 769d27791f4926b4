import type { Bundle } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';

interface FetchesProps {
  readonly downloads: Bundle['downloads'];
  readonly size: Bundle['bytes'];
}

/** Every time that a copy was fetched or begun to be: when, from where, how much of it, and how it ended. */
export function Fetches({ downloads, size }: FetchesProps) {
  const { t, named, moment, bytes } = useSpeech();
  if (downloads.length === 0) return <p className="quiet">{t('bundle.notFetched')}</p>;
  return (
    <div className="table-frame">
      <table className="rows">
        <caption className="unseen">{t('bundle.fetches')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('bundle.begun')}</th>
            <th scope="col">{t('bundle.network')}</th>
            <th scope="col">{t('bundle.sent')}</th>
            <th scope="col">{t('bundle.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {downloads.map(({ id, startedAt, network, sentBytes, outcome }) => (
            <tr key={id}>
              <td data-label={t('bundle.begun')}>
                <time dateTime={startedAt}>{moment(startedAt)}</time>
              </td>
              <td data-label={t('bundle.network')}>{network ?? '–'}</td>
              <td data-label={t('bundle.sent')}>
                {size === null ? bytes(sentBytes) : t('transmit.bytes', { done: bytes(sentBytes), all: bytes(size) })}
              </td>
              <td data-label={t('bundle.outcome')}>{named('fetch', outcome ?? 'UNDER_WAY')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
