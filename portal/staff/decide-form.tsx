import { useId, useState, type FormEvent } from 'react';
import type { RefusalGround } from '../../src/generated/portal-documents/graphql.ts';
import { useSpeech } from '../language/speech.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';
import { GROUNDS } from './grounds.ts';
import { useDecide } from './use-decide.ts';
import { STEP_NAMES, type StaffStep } from './staff-steps.ts';

interface DecideFormProps {
  readonly step: StaffStep;
  readonly id: string;
  readonly onClose: () => void;
}

const SHORTEST = 10;
/** Steps that the person is told something of, in words. */
const WORDS = { ANSWER: 'work.answerWords', EXTEND: 'work.extendReason', REFUSE: 'work.refuseAnswer' } as const;

/** Takes a decision, with the words that the person is told. */
export function DecideForm({ step, id, onClose }: DecideFormProps) {
  const { t, named } = useSpeech();
  const { decide, error, isPending } = useDecide(id, onClose);
  const [words, setWords] = useState('');
  const [ground, setGround] = useState<RefusalGround>(GROUNDS[0]);
  const [isShort, setShort] = useState(false);
  const field = useId();
  const label = step === 'ANSWER' || step === 'EXTEND' || step === 'REFUSE' ? WORDS[step] : null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isTooShort = label !== null && words.trim().length < SHORTEST;
    setShort(isTooShort);
    if (!isTooShort && !isPending) decide({ step, words: words.trim(), ground });
  };
  return (
    <Dialog title={t(`work.${STEP_NAMES[step]}`)} onClose={onClose}>
      <form onSubmit={submit} noValidate className="form">
        <p>{t(`work.${STEP_NAMES[step]}Text`)}</p>
        {step === 'REFUSE' && (
          <div className="field">
            <label htmlFor={`${field}-ground`}>{t('work.ground')}</label>
            <select
              id={`${field}-ground`}
              value={ground}
              onChange={({ target: { value } }) => setGround(GROUNDS.find((each) => each === value) ?? ground)}
            >
              {GROUNDS.map((each) => (
                <option key={each} value={each}>
                  {named('ground', each)}
                </option>
              ))}
            </select>
          </div>
        )}
        {label !== null && (
          <div className="field">
            <label htmlFor={field}>{t(label)}</label>
            <textarea
              id={field}
              rows={5}
              maxLength={4000}
              required
              value={words}
              aria-invalid={isShort}
              aria-describedby={`${field}-fault`}
              onChange={({ target }) => setWords(target.value)}
            />
            <p id={`${field}-fault`} role="alert" className="fault">
              {isShort && t('work.tooShort')}
            </p>
          </div>
        )}
        <FormEnd
          error={error}
          act={t('work.confirm')}
          isGrave={step === 'REFUSE'}
          isPending={isPending}
          leave={t('work.cancel')}
          onLeave={onClose}
        />
      </form>
    </Dialog>
  );
}
