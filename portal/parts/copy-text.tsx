import { useState } from 'react';
import { useSpeech } from '../language/speech.ts';

/** Text to be taken along exactly as it is. */
export function CopyText({ text }: { readonly text: string }) {
  const { t } = useSpeech();
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <span className="copy-text">
      <code>{text}</code>{' '}
      <button type="button" className="plain" onClick={() => void copy().catch(() => {})}>
        {t('download.copy')}
        <span className="unseen"> {text}</span>
      </button>
      <span role="status" className="quiet">
        {isCopied && t('download.copied')}
      </span>
    </span>
  );
}
