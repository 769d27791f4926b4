import { useState, type FormEvent } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { AskError } from '../gateway/ask.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { LANGUAGES, LANGUAGE_NAMES, languageOf, type Language } from '../language/messages.ts';
import { useSpeech } from '../language/speech.ts';
import { Choices } from './choices.tsx';
import { Failure } from './failure.tsx';
import { PassphraseFields, passphraseFault, type Passphrase } from './passphrase-fields.tsx';

export interface CopyWish {
  readonly what: 'ACCESS' | 'PORTABILITY' | 'BOTH';
  readonly format: 'ZIP' | 'JSON';
  readonly language: Language;
  readonly passphrase: string | null;
}

interface CopyFormProps {
  readonly isSending: boolean;
  /** Why the gateway refused it, if it did. */
  readonly error: AskError | null;
  readonly onSubmit: (wish: CopyWish) => void;
}

const EstimateDocument = graphql(/* GraphQL */ `
  query Estimate($format: BundleFormat!) {
    viewer {
      subject {
        id
        access: bundleEstimate(scope: ACCESS, format: $format) {
          rows
          packedBytes
        }
        portability: bundleEstimate(scope: PORTABILITY, format: $format) {
          rows
          packedBytes
        }
      }
    }
  }
`);

const WHAT = ['ACCESS', 'PORTABILITY', 'BOTH'] as const;
const FORMATS = ['ZIP', 'JSON'] as const;

/** The wish for a copy. */
export function CopyForm({ isSending, error, onSubmit }: CopyFormProps) {
  const { t, language: spoken, counted, bytes } = useSpeech();
  const [what, setWhat] = useState<CopyWish['what']>('ACCESS');
  const [format, setFormat] = useState<CopyWish['format']>('ZIP');
  const [language, setLanguage] = useState<Language>(spoken);
  const [passphrase, setPassphrase] = useState<Passphrase | null>(null);
  const [wasTried, setTried] = useState(false);
  const estimates = useAnswer(EstimateDocument, { format }).data?.data.viewer.subject ?? null;
  const estimateOf = (each: CopyWish['what']): string | null => {
    const told = each === 'ACCESS' ? estimates?.access : each === 'PORTABILITY' ? estimates?.portability : null;
    if (told?.rows === null || told?.rows === undefined) return null;
    return t('copy.estimate', { rows: counted('records', told.rows), bytes: bytes(told.packedBytes ?? 0) });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (isSending || (passphrase !== null && passphraseFault(passphrase) !== null)) return;
    onSubmit({ what, format, language, passphrase: passphrase?.text ?? null });
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      <Choices
        legend={t('copy.what')}
        chosen={what}
        onChoose={setWhat}
        choices={WHAT.map((each) => ({
          value: each,
          name: t(`copy.${each}`),
          text: t(`copy.${each}.text`),
          note: estimateOf(each),
        }))}
      />
      <Choices
        legend={t('copy.format')}
        chosen={format}
        onChoose={setFormat}
        choices={FORMATS.map((each) => ({
          value: each,
          name: t(`copy.${each}`),
          text: t(`copy.${each}.text`),
          note: null,
        }))}
      />
      <div className="field">
        <label htmlFor="copy-language">{t('copy.language')}</label>
        <select id="copy-language" value={language} onChange={({ target }) => setLanguage(languageOf(target.value))}>
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </select>
      </div>
      <PassphraseFields passphrase={passphrase} onChange={setPassphrase} isComplaining={wasTried} />
      {error !== null && <Failure error={error} />}
      <div className="form-end">
        <button type="submit" className="button-main" aria-disabled={isSending}>
          {t(isSending ? 'copy.sending' : 'copy.submit')}
        </button>
        <p className="quiet">{t('copy.after')}</p>
      </div>
    </form>
  );
}
