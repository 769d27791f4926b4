import { useRef, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useViewer } from '../gateway/viewer.ts';
import type { MessageKey } from '../language/messages.ts';
import { useSpeech } from '../language/speech.ts';
import { Footer } from './footer.tsx';
import { Mark } from './mark.tsx';
import { SignOut } from './sign-out.tsx';
import { useKeptFocus } from './use-kept-focus.ts';

type Place = 'overview' | 'copy' | 'requests' | 'rights' | 'looks' | 'about' | 'queue' | 'instructions';

interface FrameProps {
  readonly places: readonly Place[];
  /** Between the head and the page. */
  readonly banner?: ReactNode;
  readonly children: ReactNode;
}

/** What stands around each page. */
export function Frame({ places, banner, children }: FrameProps) {
  const { t } = useSpeech();
  const { tenant, subject, id } = useViewer();
  const [location] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const page = useRef<HTMLElement>(null);
  useKeptFocus(page);
  const name = subject?.account?.fullName ?? subject?.account?.firstName ?? subject?.account?.email ?? id;
  return (
    <div className="frame">
      <a href="#content" className="skip">
        {t('app.skip')}
      </a>
      <header className="top">
        <Link href="/" className="brand">
          <Mark />
          <span>
            <strong>{tenant.name}</strong>
            <span>{t(places[0] === 'overview' ? 'app.name' : 'app.staffName')}</span>
          </span>
        </Link>
        {places.length > 1 && (
          <button
            type="button"
            className="menu"
            aria-expanded={isOpen}
            aria-controls="places"
            onClick={() => setOpen(!isOpen)}
          >
            {t('app.menu')}
          </button>
        )}
        <div className="who">
          <span>{t('app.signedInAs', { name })}</span>
          <SignOut />
        </div>
      </header>
      {places.length > 1 && (
        <nav id="places" aria-label={t('app.navigation')} className={isOpen ? 'open' : ''}>
          <ul>
            {places.map((place) => {
              const path = place === 'overview' ? '/' : `/${place}`;
              return (
                <li key={place}>
                  <Link
                    href={path}
                    aria-current={isAt(location, path) ? 'page' : undefined}
                    onClick={() => setOpen(false)}
                  >
                    {t(`nav.${place}` satisfies MessageKey)}
                  </Link>
                </li>
              );
            })}
          </ul>
        </nav>
      )}
      <main id="content" ref={page} tabIndex={-1}>
        {banner}
        {children}
      </main>
      <Footer />
    </div>
  );
}

/** The first page of each stands at the root as well. */
function isAt(location: string, path: string): boolean {
  if (location === '/') return path === '/' || path === '/queue' || path === '/instructions';
  return path === '/' ? location.startsWith('/data/') : location === path || location.startsWith(`${path}/`);
}
