import type { AskError } from '../gateway/ask.ts';
import { signInPage } from '../gateway/ways-in.ts';
import { useSpeech } from '../language/speech.ts';

interface FailureProps {
  readonly error: AskError;
  /** Absent where trying again is for the form above. */
  readonly again?: () => void;
}

/** What happened, and the way out. */
export function Failure({ error: { code }, again }: FailureProps) {
  const { t, named } = useSpeech();
  const known = named('error', code);
  const needsSignIn = code === 'UNAUTHENTICATED' || code === 'STEP_UP_REQUIRED';
  return (
    <div role="alert" className="note note-bad">
      <h2>{t('error.title')}</h2>
      <p>{known === code ? t('error.other') : known}</p>
      <p className="quiet">{t('error.code', { code })}</p>
      {(needsSignIn || again !== undefined) && (
        <p className="actions">
          {needsSignIn ? (
            <a className="button" href={signInPage(code === 'STEP_UP_REQUIRED')}>
              {t('error.signInAgain')}
            </a>
          ) : (
            <button type="button" onClick={again}>
              {t('error.again')}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
