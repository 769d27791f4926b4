import { useId, type ReactNode } from 'react';
import type { MessageKey } from '../language/messages.ts';
import { useSpeech } from '../language/speech.ts';

/** What ties a control to its label, its hint and its fault. */
interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly fault?: MessageKey | undefined;
  readonly children: (control: FieldControl) => ReactNode;
}

/** A control with its label, and below it what helps and what is wrong. */
export function Field({ label, hint, fault, children }: FieldProps) {
  const { t } = useSpeech();
  const id = useId();
  const control = { id, 'aria-describedby': `${id}-hint ${id}-fault`, 'aria-invalid': fault !== undefined };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(control)}
      <p id={`${id}-hint`} className="hint">
        {hint}
      </p>
      <p id={`${id}-fault`} className="fault">
        {fault !== undefined && t(fault)}
      </p>
    </div>
  );
}
