import type { Declaration } from './ask.ts';
import type { Known } from './standing.ts';

interface TopBarProps {
  readonly known: Known;
  /** Null while it is being asked for. */
  readonly declaration: Declaration | null;
  readonly canSignOut: boolean;
  readonly onChange: () => void;
  readonly onLeft: () => void;
}

/** Who looks, at whose data, and why. */
export function TopBar({ known, declaration, canSignOut, onChange, onLeft }: TopBarProps) {
  const signOut = async (): Promise<void> => {
    const headers = { accept: 'application/json', 'x-carryall-csrf': '1' };
    const { ok } = await fetch('/auth/sign-out', { method: 'POST', headers });
    if (ok) onLeft();
  };
  return (
    <header className="top">
      <h1>Look-ups</h1>
      <p className="who">
        {known.tenant}, as {known.actor.toLowerCase().replaceAll('_', ' ')} <code>{known.id}</code>
      </p>
      {declaration !== null && (
        <p className="why">
          <span className="visually-hidden">You look for </span>
          <strong>{declaration.purpose}</strong> {declaration.ticket} {declaration.reason}{' '}
          <button type="button" onClick={onChange}>
            Change purpose or reason
          </button>
        </p>
      )}
      {canSignOut && (
        <button type="button" className="leave" onClick={() => void signOut()}>
          Sign out
        </button>
      )}
    </header>
  );
}
