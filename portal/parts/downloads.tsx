import type { Request } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';

/** Who fetched a copy, from which network: enough to say that it was not oneself. */
export function Downloads({ downloads }: Pick<NonNullable<Request['bundle']>, 'downloads'>) {
  const { t, moment } = useSpeech();
  if (downloads.length === 0) return null;
  return (
    <>
      <h3>{t('download.fetched')}</h3>
      <ul>
        {downloads.map(({ id, startedAt, completedAt, network }) => (
          <li key={id}>
            <time dateTime={startedAt}>{moment(startedAt)}</time>
            {network !== null && ` ${t('download.network', { network })}`}
            {completedAt === null && ` (${t('download.begun')})`}
          </li>
        ))}
      </ul>
      <p className="quiet">{t('download.fetchedText')}</p>
    </>
  );
}
