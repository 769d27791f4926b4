import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { Page } from '../parts/page.tsx';

/** For those for whom the portal has no page. */
export function StaffOnly() {
  const { t, named } = useSpeech();
  const { kind } = useViewer();
  return (
    <Page title={t('staffOnly.title')} lead={t('staffOnly.lead', { role: named('actor', kind) })}>
      <p>
        <a className="button" href="/graphiql">
          {t('staffOnly.graphiql')}
        </a>
      </p>
    </Page>
  );
}
