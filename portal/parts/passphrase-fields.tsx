import { useId } from 'react';
import type { MessageKey } from '../language/messages.ts';
import { useSpeech } from '../language/speech.ts';

export interface Passphrase {
  readonly text: string;
  readonly again: string;
}

interface PassphraseFieldsProps {
  /** Null where the copy is not to be locked. */
  readonly passphrase: Passphrase | null;
  readonly onChange: (passphrase: Passphrase | null) => void;
  /** True once the form was sent: before that, nobody is told what they have not done yet. */
  readonly isComplaining: boolean;
}

const SHORTEST = 12;

/** What keeps a passphrase from being used; null when nothing does. */
export function passphraseFault({ text, again }: Passphrase): MessageKey | null {
  if (text.length < SHORTEST) return 'copy.tooShort';
  return text === again ? null : 'copy.differ';
}

/** From 0 to 3: by its length and how many different signs it has. Only a hint, which is what it is called. */
function strengthOf(text: string): 0 | 1 | 2 | 3 {
  const signs = new Set(text).size;
  if (text.length < SHORTEST || signs < 6) return 0;
  if (text.length < 16 || signs < 9) return 1;
  return text.length < 24 ? 2 : 3;
}

/** Whether to lock the copy, and with what. */
export function PassphraseFields({ passphrase, onChange, isComplaining }: PassphraseFieldsProps) {
  const { t } = useSpeech();
  const id = useId();
  const fault = passphrase !== null && isComplaining ? passphraseFault(passphrase) : null;
  return (
    <fieldset className="lock">
      <legend className="unseen">{t('copy.lock')}</legend>
      <label className="choice">
        <input
          type="checkbox"
          checked={passphrase !== null}
          onChange={({ target }) => onChange(target.checked ? { text: '', again: '' } : null)}
          aria-describedby={`${id}-lock`}
        />
        <span>
          <strong>{t('copy.lock')}</strong>
          <span id={`${id}-lock`} className="quiet">
            {t('copy.lockText')}
          </span>
        </span>
      </label>
      {passphrase !== null && (
        <div className="lock-fields">
          <div className="field">
            <label htmlFor={`${id}-text`}>{t('copy.passphrase')}</label>
            <input
              id={`${id}-text`}
              type="password"
              autoComplete="new-password"
              value={passphrase.text}
              aria-describedby={`${id}-strength ${id}-lost ${id}-fault`}
              aria-invalid={fault === 'copy.tooShort'}
              onChange={({ target }) => onChange({ ...passphrase, text: target.value })}
            />
            <p id={`${id}-strength`} className={`strength strength-${strengthOf(passphrase.text)}`} role="status">
              {passphrase.text !== '' && t(`copy.strength.${strengthOf(passphrase.text)}`)}
            </p>
          </div>
          <div className="field">
            <label htmlFor={`${id}-again`}>{t('copy.repeat')}</label>
            <input
              id={`${id}-again`}
              type="password"
              autoComplete="new-password"
              value={passphrase.again}
              aria-describedby={`${id}-fault`}
              aria-invalid={fault === 'copy.differ'}
              onChange={({ target }) => onChange({ ...passphrase, again: target.value })}
            />
          </div>
          <p id={`${id}-fault`} role="alert" className="fault">
            {fault !== null && t(fault)}
          </p>
          <p id={`${id}-lost`} className="note note-warn">
            {t('copy.lost')}
          </p>
        </div>
      )}
    </fieldset>
  );
}
