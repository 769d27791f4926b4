import type { Request } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';
import { Remedies } from './remedies.tsx';

/** What came of a request, in words: the answer, or why it was refused and what one can do about it. */
export function RequestOutcome({
  request: { status, answer, refusalGround, language, remedies, failureCode },
}: {
  readonly request: Request;
}) {
  const { t, named } = useSpeech();
  if (status === 'REFUSED')
    return (
      <section className="note note-bad" aria-label={t('request.refused')}>
        <h2>{t('request.refused')}</h2>
        {refusalGround !== null && (
          <p>
            <strong>{named('ground', refusalGround)}</strong>
          </p>
        )}
        {answer !== null && <p className="written">{answer}</p>}
        <Remedies remedies={remedies} language={language} />
      </section>
    );
  if (status === 'FAILED') {
    // What locked the copy is kept by nobody.
    const isLocked = failureCode === 'SEAL_FORGOTTEN';
    return <p className="note note-bad">{t(isLocked ? 'request.sealForgotten' : 'request.failed')}</p>;
  }
  if (answer === null) return null;
  return (
    <section className="note" aria-label={t('request.answer')}>
      <h2>{t('request.answer')}</h2>
      <p className="written">{answer}</p>
    </section>
  );
}
