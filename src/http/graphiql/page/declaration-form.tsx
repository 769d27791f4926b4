import { useEffect, useId, useRef, useState, type SubmitEvent } from 'react';
import { isReason, ticketOf } from '../../../access/reason.ts';
import type { Declaration } from './ask.ts';
import { inOneLine, travels } from './header-text.ts';
import type { PurposeChoice } from './standing.ts';

interface DeclarationFormProps {
  readonly purposes: readonly PurposeChoice[];
  readonly before: Declaration | null;
  readonly onDeclared: (declaration: Declaration) => void;
  /** Null when there is nothing to go back to. */
  readonly onCancelled: (() => void) | null;
}

const LONGEST_REASON = 500;
const LONGEST_TICKET = 100;

/** Asks why, before anything is looked up. */
export function DeclarationForm({ purposes, before, onDeclared, onCancelled }: DeclarationFormProps) {
  const id = useId();
  const first = useRef<HTMLSelectElement>(null);
  const [purpose, setPurpose] = useState(before?.purpose ?? '');
  const [ticket, setTicket] = useState(before?.ticket ?? '');
  const [reason, setReason] = useState(before?.reason ?? '');
  const reasonField = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  useEffect(
    () => reasonField.current?.setCustomValidity(complaintOf(inOneLine(ticket), inOneLine(reason))),
    [ticket, reason],
  );
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onDeclared({ purpose, ticket: inOneLine(ticket), reason: inOneLine(reason) });
  };
  const chosen = purposes.find((each) => each.id === purpose);
  return (
    <main className="card">
      <h2>Why do you look?</h2>
      <p>
        This goes with every query and into the record of looks. The person whose data you see can ask when, why and in
        which role somebody looked.
      </p>
      <form onSubmit={submit}>
        <label htmlFor={`${id}-purpose`}>Purpose, as the privacy policy has it</label>
        <select
          id={`${id}-purpose`}
          ref={first}
          required
          value={purpose}
          aria-describedby={`${id}-quote`}
          onChange={({ target }) => setPurpose(target.value)}
        >
          <option value="">Choose one</option>
          {purposes.map((each) => (
            <option key={each.id} value={each.id}>
              {[each.id, each.classes.join(', ').toLowerCase()].filter((text) => text !== '').join(' – ')}
            </option>
          ))}
        </select>
        <p id={`${id}-quote`} className="hint">
          {chosen?.quote ?? 'What you get of each field depends on it.'}
        </p>
        <label htmlFor={`${id}-ticket`}>Ticket, if there is one</label>
        <input
          id={`${id}-ticket`}
          value={ticket}
          autoComplete="off"
          maxLength={LONGEST_TICKET}
          aria-describedby={`${id}-ticket-hint`}
          onChange={({ target }) => {
            setTicket(target.value);
            target.setCustomValidity(complaintOfTicket(inOneLine(target.value)));
          }}
        />
        <p id={`${id}-ticket-hint`} className="hint">
          Such as: SUP-4711.
        </p>
        <label htmlFor={`${id}-reason`}>Reason in words</label>
        <textarea
          id={`${id}-reason`}
          ref={reasonField}
          rows={2}
          value={reason}
          maxLength={LONGEST_REASON}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setReason(target.value)}
        />
        <p id={`${id}-hint`} className="hint">
          Such as: no sound in outgoing calls since Monday. Say no more about the person than it needs.
        </p>
        <p className="buttons">
          <button type="submit">{before === null ? 'Open the editor' : 'Go on with this'}</button>
          {onCancelled !== null && (
            <button type="button" onClick={onCancelled}>
              Leave as it was
            </button>
          )}
        </p>
      </form>
    </main>
  );
}

function complaintOf(ticket: string, reason: string): string {
  if (!travels(ticket) || !travels(reason)) return 'Use letters of Western European alphabets.';
  return ticket !== '' || isReason(reason) ? '' : 'Name a ticket, or give a reason of ten characters or more.';
}

/** The gateway's own rule and words. */
function complaintOfTicket(ticket: string): string {
  try {
    ticketOf(ticket === '' ? null : ticket, null);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
