import { isUnderWay, type Transmission } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';
import { CopyText } from './copy-text.tsx';

interface TransmissionsProps {
  readonly transmissions: readonly Transmission[];
  /** What a recipient is called. */
  readonly labelOf: (recipient: string) => string;
}

const TONES: Readonly<Record<string, string>> = { RECEIVED: 'good', REFUSED: 'bad', FAILED: 'bad' };

/** What was sent to whom, how far it is, and the recipient's word that it has all of it. */
export function Transmissions({ transmissions, labelOf }: TransmissionsProps) {
  const { t, named, moment } = useSpeech();
  if (transmissions.length === 0) return null;
  return (
    <ul className="sent" aria-label={t('transmit.sent')}>
      {transmissions.map((transmission) => {
        const { id, recipient, status, createdAt, closedAt } = transmission;
        return (
          <li key={id}>
            <p className="spread">
              <strong>{labelOf(recipient)}</strong>
              <span className={`badge badge-${TONES[status] ?? 'busy'}`} role="status">
                {named('transmission', status)}
              </span>
            </p>
            <p className="quiet">
              <time dateTime={closedAt ?? createdAt}>{moment(closedAt ?? createdAt)}</time>
            </p>
            <Fate transmission={transmission} name={labelOf(recipient)} />
          </li>
        );
      })}
    </ul>
  );
}

function Fate({ transmission, name }: { readonly transmission: Transmission; readonly name: string }) {
  const { t, bytes: size } = useSpeech();
  const { status, sentBytes, bytes, failureCode, sha256, receipt } = transmission;
  if (isUnderWay(status))
    return (
      <>
        {status === 'SENDING' && bytes !== null && (
          <progress aria-label={t('transmit.progress', { name })} value={Number(sentBytes)} max={Number(bytes)} />
        )}
        <p className="quiet">
          {status === 'SENDING' && bytes !== null && t('transmit.bytes', { done: size(sentBytes), all: size(bytes) })}{' '}
          {t(failureCode === null ? 'transmit.byItself' : 'transmit.interrupted')}
        </p>
      </>
    );
  if (status !== 'RECEIVED')
    return (
      <p>
        {t(status === 'REFUSED' ? 'transmit.refused' : 'transmit.failed', { name })}
        {failureCode !== null && <span className="line quiet">{t('error.code', { code: failureCode })}</span>}
      </p>
    );
  return (
    <details>
      <summary>{t('transmit.receipt')}</summary>
      <p>{t('transmit.receiptText', { name })}</p>
      <dl className="facts facts-list">
        {sha256 !== null && (
          <div>
            <dt>{t('download.sha')}</dt>
            <dd>
              <CopyText text={sha256} />
            </dd>
          </div>
        )}
        {receipt !== null && (
          <div>
            <dt>{t('transmit.signed')}</dt>
            <dd>
              <CopyText text={receipt} />
            </dd>
          </div>
        )}
      </dl>
    </details>
  );
}
