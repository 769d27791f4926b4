import { LANGUAGES, LANGUAGE_NAMES, languageOf } from '../language/messages.ts';
import { useLanguageChoice } from '../language/speech-provider.tsx';
import { useSpeech } from '../language/speech.ts';

/** Below each page: the language. */
export function Footer() {
  const { t, language } = useSpeech();
  const { choose } = useLanguageChoice();
  return (
    <footer className="foot">
      <label>
        {t('app.language')}
        <select value={language} onChange={({ target }) => choose(languageOf(target.value))}>
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <p>{t('app.footer')}</p>
    </footer>
  );
}
