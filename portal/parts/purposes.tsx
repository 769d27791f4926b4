import { useId } from 'react';
import type { Policy } from '../gateway/policy.ts';
import { useSpeech } from '../language/speech.ts';
import { Quote } from './quote.tsx';

/** For what data are used, in the words of the policy. */
export function Purposes({ purposes }: { readonly purposes: Policy['purposes'] }) {
  const { t } = useSpeech();
  const id = useId();
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('overview.why')}</h2>
      <p className="quiet">{t('overview.policyWords')}</p>
      <ul className="quotes">
        {purposes
          .filter(({ enabled }) => enabled)
          .map(({ id: purpose, quote }) => (
            <li key={purpose} lang="en">
              <Quote text={quote} />
            </li>
          ))}
      </ul>
    </section>
  );
}
