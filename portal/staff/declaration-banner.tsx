import type { Declaration } from '../gateway/ask.ts';
import { useSpeech } from '../language/speech.ts';

interface DeclarationBannerProps {
  readonly declaration: Declaration;
  readonly onChange: () => void;
}

/** Reminds staff of what they declared. */
export function DeclarationBanner({ declaration: { reason, ticket }, onChange }: DeclarationBannerProps) {
  const { t } = useSpeech();
  return (
    <p className="banner">
      <span>{t('declare.told', { reason: ticket === '' ? reason : `${ticket}, ${reason}` })}</span>
      <button type="button" className="plain" onClick={onChange}>
        {t('declare.change')}
      </button>
    </p>
  );
}
