import type { AskError } from '../gateway/ask.ts';
import { Failure } from './failure.tsx';

interface FormEndProps {
  /** Why the gateway refused it, if it did. */
  readonly error: AskError | null;
  readonly act: string;
  /** For what cannot be taken back. */
  readonly isGrave?: boolean;
  readonly isPending: boolean;
  readonly leave: string;
  readonly onLeave: () => void;
}

/** The end of a form: its one act, and the way out of it. */
export function FormEnd({ error, act, isGrave = false, isPending, leave, onLeave }: FormEndProps) {
  return (
    <>
      {error !== null && <Failure error={error} />}
      <div className="actions">
        <button type="submit" className={isGrave ? 'button-bad' : 'button-main'} aria-disabled={isPending}>
          {act}
        </button>
        <button type="button" onClick={onLeave}>
          {leave}
        </button>
      </div>
    </>
  );
}
