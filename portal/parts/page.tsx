import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useViewer } from '../gateway/viewer.ts';
import { visits } from './visits.ts';

interface PageProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** Where one comes from, and what it is called. */
  readonly back?: { readonly to: string; readonly name: string };
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its title in the window, and the focus on its heading when one arrives from another page (WCAG 2.4.3). */
export function Page({ title, lead, back, actions, children }: PageProps) {
  const { tenant } = useViewer();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${tenant.name}`;
  }, [title, tenant.name]);
  useEffect(() => {
    if (!visits.first()) heading.current?.focus();
    window.scrollTo(0, 0);
  }, []);
  return (
    <>
      {back !== undefined && (
        <Link href={back.to} className="back">
          <span aria-hidden="true">←</span> {back.name}
        </Link>
      )}
      <div className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}
