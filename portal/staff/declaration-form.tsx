import { useId, useState, type FormEvent } from 'react';
import { inOneLine, travels } from '../../src/http/graphiql/page/header-text.ts';
import type { Declaration } from '../gateway/ask.ts';
import type { MessageKey } from '../language/messages.ts';
import { useSpeech } from '../language/speech.ts';
import { Page } from '../parts/page.tsx';
import { PURPOSE } from './declared.ts';

interface DeclarationFormProps {
  readonly before: Declaration | null;
  readonly onDeclared: (declaration: Declaration) => void;
}

const SHORTEST = 10;

/** Why somebody works on requests: asked once, and sent with whatever they ask. */
export function DeclarationForm({ before, onDeclared }: DeclarationFormProps) {
  const { t } = useSpeech();
  const [fault, setFault] = useState<MessageKey | null>(null);
  const id = useId();
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const textOf = (name: string): string => {
      const value = form.get(name);
      return typeof value === 'string' ? inOneLine(value) : '';
    };
    const [reason, ticket] = [textOf('reason'), textOf('ticket')];
    const found = reason.length < SHORTEST ? 'work.tooShort' : travels(reason + ticket) ? null : 'declare.headers';
    setFault(found);
    if (found === null) onDeclared({ purpose: PURPOSE, reason, ticket });
  };
  return (
    <Page title={t('declare.title')} lead={t('declare.lead')}>
      <form className="form" onSubmit={submit} noValidate>
        <p>
          {t('declare.purpose')}: <strong>{t(`declare.${PURPOSE}`)}</strong>
        </p>
        <div className="field">
          <label htmlFor={`${id}-reason`}>{t('declare.reason')}</label>
          <input
            id={`${id}-reason`}
            name="reason"
            defaultValue={before?.reason ?? ''}
            maxLength={500}
            required
            aria-invalid={fault !== null}
            aria-describedby={`${id}-hint ${id}-fault`}
          />
          <p id={`${id}-hint`} className="hint">
            {t('declare.reasonHint')}
          </p>
          <p id={`${id}-fault`} role="alert" className="fault">
            {fault !== null && t(fault)}
          </p>
        </div>
        <div className="field">
          <label htmlFor={`${id}-ticket`}>{t('declare.ticket')}</label>
          <input id={`${id}-ticket`} name="ticket" defaultValue={before?.ticket ?? ''} maxLength={100} />
        </div>
        <button type="submit" className="button-main">
          {t('declare.go')}
        </button>
      </form>
    </Page>
  );
}
