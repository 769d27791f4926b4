import type { ReactNode } from 'react';

/** Where there is nothing, and what one could do. */
export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="empty">
      <svg viewBox="0 0 48 48" aria-hidden="true" focusable="false">
        <path d="M8 20h32l-3 18a3 3 0 0 1-3 2H14a3 3 0 0 1-3-2zM16 20v-3a8 8 0 0 1 16 0v3" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
