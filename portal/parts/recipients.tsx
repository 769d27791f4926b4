import { useId } from 'react';
import type { Policy } from '../gateway/policy.ts';
import { useSpeech } from '../language/speech.ts';

/** Who receives data, where they are, and what protects the data there. */
export function Recipients({ recipients }: { readonly recipients: Policy['recipients'] }) {
  const { t, country: countryName } = useSpeech();
  const id = useId();
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('overview.who')}</h2>
      {recipients.length === 0 ? (
        <p>{t('overview.whoNone')}</p>
      ) : (
        <ul className="cards cards-small">
          {recipients.map(({ id: recipient, name, country, safeguard, dataShared }) => (
            <li key={recipient} className="card">
              <h3 lang="en">{name}</h3>
              {country !== null && <p>{countryName(country)}</p>}
              {safeguard !== null && (
                <p className="quiet">
                  {t('overview.safeguard')} <span lang="en">{safeguard}</span>
                </p>
              )}
              {!dataShared && <p className="quiet">{t('overview.noData')}</p>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
