import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { languageOf, loadMessages, type Language } from './messages.ts';
import { SpeechContext, speechOf, type Speech } from './speech.ts';

const KEY = 'carryall.language';

interface Choice {
  readonly choose: (language: Language) => void;
  /** What the person's account says, which counts where nothing was chosen here. */
  readonly prefer: (tag: string) => void;
}

const ChoiceContext = createContext<Choice>({ choose: () => {}, prefer: () => {} });

/** How to change the language. */
export function useLanguageChoice(): Choice {
  return use(ChoiceContext);
}

/** The language chosen here, else that of the account, else that of the browser. */
export function SpeechProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() => languageOf(localStorage.getItem(KEY) ?? navigator.language));
  const [speech, setSpeech] = useState<Speech | null>(null);
  useEffect(() => {
    let wanted = true;
    void loadMessages(language).then((messages) => {
      if (!wanted) return;
      document.documentElement.lang = language;
      setSpeech(speechOf(messages));
    });
    return () => {
      wanted = false;
    };
  }, [language]);
  const [choice] = useState<Choice>(() => ({
    choose: (chosen) => {
      localStorage.setItem(KEY, chosen);
      setLanguage(chosen);
    },
    prefer: (tag) => {
      if (localStorage.getItem(KEY) === null) setLanguage(languageOf(tag));
    },
  }));
  if (speech === null) return null;
  return (
    <ChoiceContext value={choice}>
      <SpeechContext value={speech}>{children}</SpeechContext>
    </ChoiceContext>
  );
}
