import { useSpeech } from '../language/speech.ts';

/** The place of what is on its way. */
export function Loading({ lines = 4 }: { readonly lines?: number }) {
  const { t } = useSpeech();
  return (
    <div role="status" className="skeletons">
      <span className="unseen">{t('app.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton" aria-hidden="true" />
      ))}
    </div>
  );
}
