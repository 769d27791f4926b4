import { useId, useState, type FormEvent } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { Bundle } from '../gateway/requests.ts';
import { useAct } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Dialog } from '../parts/dialog.tsx';
import { FormEnd } from '../parts/form-end.tsx';

const RecallDocument = graphql(/* GraphQL */ `
  mutation Recall($id: ID!, $reason: String!) {
    recallBundle(id: $id, reason: $reason) {
      downloads {
        id
      }
    }
  }
`);

interface RecallFormProps {
  readonly bundle: Bundle;
  readonly onClose: () => void;
}

const SHORTEST = 10;

/** Takes a copy back, with the reason that stands in the audit log, once it was said that this is meant. */
export function RecallForm({ bundle: { id, downloads }, onClose }: RecallFormProps) {
  const { t, counted } = useSpeech();
  const act = useAct(RecallDocument);
  const [reason, setReason] = useState('');
  const [isMeant, setMeant] = useState(false);
  const [wasTried, setTried] = useState(false);
  const field = useId();
  const isShort = reason.trim().length < SHORTEST;
  const fetched = downloads.filter(({ outcome }) => outcome === 'COMPLETE').length;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (!isShort && isMeant && !act.isPending) act.mutate({ id, reason: reason.trim() }, { onSuccess: onClose });
  };
  return (
    <Dialog title={t('recall.title')} onClose={onClose}>
      <form onSubmit={submit} noValidate className="form">
        <p>{t('recall.text')}</p>
        {fetched > 0 && <p className="note note-warn">{counted('recall.fetched', fetched)}</p>}
        <div className="field">
          <label htmlFor={field}>{t('recall.reason')}</label>
          <textarea
            id={field}
            rows={3}
            maxLength={1000}
            required
            value={reason}
            aria-invalid={wasTried && isShort}
            aria-describedby={`${field}-hint ${field}-fault`}
            onChange={({ target }) => setReason(target.value)}
          />
          <p id={`${field}-hint`} className="hint">
            {t('recall.reasonHint')}
          </p>
          <p id={`${field}-fault`} role="alert" className="fault">
            {wasTried && isShort && t('work.tooShort')}
          </p>
        </div>
        <div className="field">
          <label className="choice">
            <input
              type="checkbox"
              checked={isMeant}
              aria-invalid={wasTried && !isMeant}
              aria-describedby={`${field}-sure`}
              onChange={({ target }) => setMeant(target.checked)}
            />
            <span>{t('recall.sure')}</span>
          </label>
          <p id={`${field}-sure`} role="alert" className="fault">
            {wasTried && !isMeant && t('recall.notSure')}
          </p>
        </div>
        <FormEnd
          error={act.error}
          act={t('recall.confirm')}
          isGrave
          isPending={act.isPending}
          leave={t('work.cancel')}
          onLeave={onClose}
        />
      </form>
    </Dialog>
  );
}
