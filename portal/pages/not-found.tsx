import { Link } from 'wouter';
import { useSpeech } from '../language/speech.ts';
import { Page } from '../parts/page.tsx';

/** For an address at which nothing is. */
export function NotFound() {
  const { t } = useSpeech();
  return (
    <Page title={t('notFound.title')} lead={t('notFound.lead')}>
      <p>
        <Link href="/" className="button">
          {t('notFound.home')}
        </Link>
      </p>
    </Page>
  );
}
