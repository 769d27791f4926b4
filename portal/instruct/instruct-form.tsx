import { useId, useState, type FormEvent } from 'react';
import type { Policy } from '../gateway/policy.ts';
import { useAct } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { FormEnd } from '../parts/form-end.tsx';
import { Field } from '../parts/field.tsx';
import { PURPOSE } from '../staff/declared.ts';
import { RecordInstructionDocument } from './documents.ts';
import { ItemChoices } from './item-choices.tsx';
import { dayOf, faultsOf, spanOf, type Wish } from './wish.ts';

interface InstructFormProps {
  readonly policy: Policy;
  /** Null where whoever records it writes whose instruction it is. */
  readonly organisation: string | null;
  /** Ids of items to choose from; those of a request are chosen. */
  readonly items: readonly string[];
  readonly isOfRequest: boolean;
  /** Whether the controller does not say it here but in a document. */
  readonly isDocumentNeeded: boolean;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** What a controller instructs: of which data, what for, from when until when, and whether they may leave. */
export function InstructForm(props: InstructFormProps) {
  const { policy, organisation, items, isOfRequest, isDocumentNeeded, onDone, onCancel } = props;
  const { t, named } = useSpeech();
  const act = useAct(RecordInstructionDocument);
  const id = useId();
  const [wasTried, setTried] = useState(false);
  const [wish, setWish] = useState<Wish>(() => ({
    organisation: organisation ?? '',
    items: isOfRequest ? items : [],
    purpose: PURPOSE,
    from: dayOf(new Date()),
    until: '',
    exportAllowed: true,
    document: '',
  }));
  const change = (changed: Partial<Wish>): void => setWish({ ...wish, ...changed });
  const faults = faultsOf(wish, isDocumentNeeded);
  const said = wasTried ? faults : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length > 0 || act.isPending) return;
    const { purpose, exportAllowed } = wish;
    const document = wish.document.trim() === '' ? null : wish.document.trim();
    const asked = { organisation: wish.organisation.trim(), items: [...wish.items], purpose, exportAllowed, document };
    act.mutate({ ...asked, ...spanOf(wish) }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} noValidate className="form">
      {Object.keys(said).length > 0 && (
        <p role="alert" className="fault">
          {t('instruct.faults')}
        </p>
      )}
      {organisation === null && (
        <Field label={t('instruct.organisation')} hint={t('instruct.organisationHint')} fault={said.organisation}>
          {(field) => (
            <input
              {...field}
              value={wish.organisation}
              onChange={({ target }) => change({ organisation: target.value })}
            />
          )}
        </Field>
      )}
      <ItemChoices
        policy={policy}
        offered={items}
        chosen={wish.items}
        fault={said.items}
        onChoose={(chosen) => change({ items: chosen })}
      />
      <Field label={t('instruct.purpose')}>
        {(field) => (
          <select {...field} value={wish.purpose} onChange={({ target }) => change({ purpose: target.value })}>
            <option value={PURPOSE}>{named('declare', PURPOSE)}</option>
            {policy.purposes
              .filter(({ enabled }) => enabled)
              .map(({ id: purpose, quote }) => (
                <option key={purpose} value={purpose} lang="en">
                  {purpose}: {quote}
                </option>
              ))}
          </select>
        )}
      </Field>
      <div className="side-by-side">
        <Field label={t('instruct.from')} fault={said.from}>
          {(field) => (
            <input {...field} type="date" value={wish.from} onChange={({ target }) => change({ from: target.value })} />
          )}
        </Field>
        <Field label={t('instruct.until')} hint={t('instruct.untilHint')} fault={said.until}>
          {(field) => (
            <input
              {...field}
              type="date"
              value={wish.until}
              onChange={({ target }) => change({ until: target.value })}
            />
          )}
        </Field>
      </div>
      <label className="choice">
        <input
          type="checkbox"
          checked={wish.exportAllowed}
          aria-describedby={`${id}-export`}
          onChange={({ target }) => change({ exportAllowed: target.checked })}
        />
        <span>
          <strong>{t('instruct.export')}</strong>
          <span id={`${id}-export`} className="quiet">
            {t('instruct.exportText')}
          </span>
        </span>
      </label>
      <Field
        label={t(isDocumentNeeded ? 'instruct.document' : 'instruct.documentIfAny')}
        hint={t('instruct.documentHint')}
        fault={said.document}
      >
        {(field) => (
          <input {...field} value={wish.document} onChange={({ target }) => change({ document: target.value })} />
        )}
      </Field>
      <FormEnd
        error={act.error}
        act={t('instruct.record')}
        isPending={act.isPending}
        leave={t('work.cancel')}
        onLeave={onCancel}
      />
    </form>
  );
}
