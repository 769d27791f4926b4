import { useEffect } from 'react';
import { signInAddress, useWaysIn } from '../gateway/ways-in.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { AskByCode } from '../parts/ask-by-code.tsx';
import { Footer } from '../parts/footer.tsx';
import { Mark } from '../parts/mark.tsx';

/** For somebody whom the gateway does not know: the ways in that there are. */
export function SignIn() {
  const { t } = useSpeech();
  const ways = useWaysIn();
  useEffect(() => {
    document.title = t('signIn.title');
  }, [t]);
  return (
    <div className="frame frame-alone">
      <main className="sign-in">
        <Mark />
        <h1>{t('signIn.title')}</h1>
        <Answer of={ways} lines={1}>
          {({ providers, byCode }) => (
            <>
              <p className="lead">{t(providers.length > 0 ? 'signIn.lead' : 'signIn.leadByCode')}</p>
              {providers.length > 0 && (
                <>
                  <p className="actions">
                    {providers.map((name) => (
                      <a key={name} className="button button-main" href={signInAddress(name)}>
                        {providers.length === 1 ? t('signIn.button') : t('signIn.with', { name })}
                      </a>
                    ))}
                  </p>
                  <p className="quiet">{t('signIn.safe')}</p>
                </>
              )}
              {byCode && <AskByCode isOnlyWay={providers.length === 0} />}
              {providers.length === 0 && !byCode && <p className="note note-warn">{t('signIn.none')}</p>}
            </>
          )}
        </Answer>
      </main>
      <Footer />
    </div>
  );
}
