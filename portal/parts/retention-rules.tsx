import { useId } from 'react';
import type { Policy } from '../gateway/policy.ts';
import { useSpeech } from '../language/speech.ts';

/** How long data are kept, in the words of the policy. */
export function RetentionRules({ rules }: { readonly rules: Policy['retention'] }) {
  const { t } = useSpeech();
  const id = useId();
  const quotes = [...new Set(rules.map(({ quote }) => quote))];
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('about.retention')}</h2>
      <p className="quiet">{t('overview.policyWords')}</p>
      <ul className="quotes">
        {quotes.map((quote) => (
          <li key={quote} lang="en">
            {quote}
          </li>
        ))}
      </ul>
    </section>
  );
}
