import { isOpen } from '../../src/requests/states.ts';
import { statusOf, type Request } from '../gateway/requests.ts';
import { useViewer } from '../gateway/viewer.ts';
import { LANGUAGE_NAMES, languageOf } from '../language/messages.ts';
import { useSpeech } from '../language/speech.ts';
import { DueDate } from './due-date.tsx';

/** The clock of a request, and how it was made. */
export function RequestFacts({ request }: { readonly request: Request }) {
  const { t, named, moment, date } = useSpeech();
  const { kind } = useViewer();
  const { status, receivedAt, dueAt, extendedAt, extensionReason, closedAt, format, language, details } = request;
  return (
    <dl className="facts panel">
      <div>
        <dt>{t('request.received')}</dt>
        <dd>
          <time dateTime={receivedAt}>{moment(receivedAt)}</time>
        </dd>
      </div>
      {closedAt === null || isOpen(statusOf(status)) ? (
        <div>
          <dt>{t('request.due')}</dt>
          <dd>
            <DueDate dueAt={dueAt} />
          </dd>
        </div>
      ) : (
        <div>
          <dt>{t('request.closed')}</dt>
          <dd>
            <time dateTime={closedAt}>{moment(closedAt)}</time>
          </dd>
        </div>
      )}
      {extendedAt !== null && (
        <div>
          <dt>{t('request.extended')}</dt>
          <dd>
            <time dateTime={extendedAt}>{date(extendedAt)}</time>
            {extensionReason !== null && (
              <span className="line">{t('request.extendedText', { reason: extensionReason })}</span>
            )}
          </dd>
        </div>
      )}
      {format !== null && (
        <div>
          <dt>{t('request.format')}</dt>
          <dd>{named('copy', format)}</dd>
        </div>
      )}
      {language !== null && (
        <div>
          <dt>{t('request.language')}</dt>
          <dd lang={language}>{LANGUAGE_NAMES[languageOf(language)]}</dd>
        </div>
      )}
      {details !== null && (
        <div className="wide">
          <dt>{t(kind === 'SUBJECT' ? 'request.details' : 'work.details')}</dt>
          <dd className="written">{details}</dd>
        </div>
      )}
    </dl>
  );
}
