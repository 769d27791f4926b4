import { useId, useState, type FormEvent } from 'react';
import { intakeAddress, operatorBefore } from '../gateway/ways-in.ts';
import { useSpeech } from '../language/speech.ts';

interface AskByCodeProps {
  /** Whether nobody can sign in here. */
  readonly isOnlyWay: boolean;
}

/** The way for people without an account: to the page on which they ask, and show by a code who they are. */
export function AskByCode({ isOnlyWay }: AskByCodeProps) {
  const { t } = useSpeech();
  const [operator, setOperator] = useState(operatorBefore);
  const [isWrong, setWrong] = useState(false);
  const id = useId();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const address = intakeAddress(operator);
    setWrong(address === null);
    if (address !== null) window.location.assign(address);
  };
  return (
    <section aria-labelledby={`${id}-title`} className={isOnlyWay ? 'by-code' : 'by-code by-code-else'}>
      <h2 id={`${id}-title`} className={isOnlyWay ? 'unseen' : ''}>
        {t('signIn.code')}
      </h2>
      <p className="quiet">{t('signIn.codeText')}</p>
      <form className="form" onSubmit={submit} noValidate>
        <div className="field">
          <label htmlFor={id}>{t('signIn.operator')}</label>
          <input
            id={id}
            value={operator}
            required
            autoCapitalize="none"
            spellCheck={false}
            aria-invalid={isWrong}
            aria-describedby={`${id}-hint ${id}-fault`}
            onChange={({ target }) => setOperator(target.value)}
          />
          <p id={`${id}-hint`} className="hint">
            {t('signIn.operatorHint')}
          </p>
          <p id={`${id}-fault`} role="alert" className="fault">
            {isWrong && t('signIn.operatorFault')}
          </p>
        </div>
        <div className="form-end">
          <button type="submit" className={isOnlyWay ? 'button-main' : ''}>
            {t('signIn.codeButton')}
          </button>
        </div>
      </form>
    </section>
  );
}
