import { useId, useState } from 'react';
import { isBuilt, REQUEST_RIGHTS, statusAfter } from '../../src/requests/states.ts';
import { statusOf, type Request } from '../gateway/requests.ts';
import { useSpeech } from '../language/speech.ts';
import { DecideForm } from './decide-form.tsx';
import { STAFF_STEPS, STEP_NAMES, type StaffStep } from './staff-steps.ts';

/** The decisions that a request's state leaves, each with what it means. */
export function WorkActions({ request }: { readonly request: Request }) {
  const { t } = useSpeech();
  const [chosen, setChosen] = useState<StaffStep | null>(null);
  const id = useId();
  const possible = STAFF_STEPS.filter((step) => isPossible(step, request));
  return (
    <section aria-labelledby={id} className="panel">
      <h2 id={id}>{t('work.decide')}</h2>
      {request.status === 'NEEDS_REVIEW' && isUnsettled(request) && <p>{t('work.unsettled')}</p>}
      {possible.length === 0 ? (
        <p className="quiet">{t('work.nothing')}</p>
      ) : (
        <ul className="steps-list">
          {possible.map((step) => (
            <li key={step}>
              <button
                type="button"
                className={step === 'REFUSE' ? 'button-bad' : step === possible[0] ? 'button-main' : ''}
                onClick={() => setChosen(step)}
              >
                {t(`work.${STEP_NAMES[step]}`)}
              </button>
              <span className="quiet">{t(`work.${STEP_NAMES[step]}Text`)}</span>
            </li>
          ))}
        </ul>
      )}
      {chosen !== null && <DecideForm step={chosen} id={request.id} onClose={() => setChosen(null)} />}
    </section>
  );
}

/**
 * What is built is approved, once it is settled who is responsible, and answered by hand only where that has failed; what waits
 * for an instruction goes on by itself when there is one. Time is extended once.
 */
function isPossible(step: StaffStep, request: Request): boolean {
  const { status, right, extendedAt, canRetry } = request;
  if (step === 'RETRY') return canRetry;
  if (statusAfter(step, statusOf(status)) === null) return false;
  const known = REQUEST_RIGHTS.find((each) => each === right);
  const built = known !== undefined && isBuilt(known);
  if (step === 'APPROVE') return built && status === 'NEEDS_REVIEW' && !isUnsettled(request);
  if (step === 'ANSWER') return !built || status === 'FAILED' || status === 'RECALLED';
  if (step === 'EXTEND') return extendedAt === null;
  return true;
}

function isUnsettled({ decisions }: Request): boolean {
  return decisions?.some(({ outcome, review }) => outcome === 'NEEDS_REVIEW' && review === null) ?? false;
}
