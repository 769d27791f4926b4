import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import type { RequestRight } from '../../src/requests/states.ts';
import { FileDocument } from '../gateway/file.ts';
import { useAct } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { FormEnd } from './form-end.tsx';

interface RightFormProps {
  readonly right: Exclude<RequestRight, 'ACCESS' | 'PORTABILITY'>;
  readonly onCancel: () => void;
}

/** The wish to use a right that a person fulfils: what is wanted, in one's own words. */
export function RightForm({ right, onCancel }: RightFormProps) {
  const { t, language } = useSpeech();
  const [, navigate] = useLocation();
  const file = useAct(FileDocument);
  const [details, setDetails] = useState('');
  const [isMissing, setMissing] = useState(false);
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const id = useId();
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isEmpty = details.trim() === '';
    setMissing(isEmpty);
    if (isEmpty || file.isPending) return;
    file.mutate(
      { right, details: details.trim(), language, format: null, passphrase: null, idempotencyKey },
      { onSuccess: ({ data }) => navigate(`/requests/${data.fileRequest?.id ?? ''}`) },
    );
  };
  return (
    <form onSubmit={submit} noValidate className="form">
      <div className="field">
        <label htmlFor={id}>{t(`rights.${right}.details`)}</label>
        <textarea
          id={id}
          ref={first}
          rows={4}
          maxLength={4000}
          value={details}
          required
          aria-invalid={isMissing}
          aria-describedby={`${id}-fault`}
          onChange={({ target }) => setDetails(target.value)}
        />
        <p id={`${id}-fault`} role="alert" className="fault">
          {isMissing && t('rights.needed')}
        </p>
      </div>
      <FormEnd
        error={file.error}
        act={t(file.isPending ? 'rights.sending' : 'rights.send')}
        isPending={file.isPending}
        leave={t('rights.cancel')}
        onLeave={onCancel}
      />
    </form>
  );
}
