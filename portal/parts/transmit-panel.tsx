import { useId, useState, type FormEvent } from 'react';
import { graphql } from '../../src/generated/portal-documents/gql.ts';
import type { RequestStatus } from '../../src/requests/states.ts';
import { isUnderWay, type Request } from '../gateway/requests.ts';
import { useAct, useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Dialog } from './dialog.tsx';
import { Failure } from './failure.tsx';
import { Transmissions } from './transmissions.tsx';

const RecipientsDocument = graphql(/* GraphQL */ `
  query Recipients {
    transmissionRecipients {
      name
      label
    }
  }
`);

const TransmitDocument = graphql(/* GraphQL */ `
  mutation Transmit($request: ID!, $recipient: String!) {
    transmitBundle(request: $request, recipient: $recipient) {
      id
      status
    }
  }
`);

/** While a request is here, its answer can be sent. */
const SENDABLE: ReadonlySet<string> = new Set(['APPROVED', 'BUILDING', 'READY', 'DELIVERED'] satisfies RequestStatus[]);

/** Has the answer sent straight to another controller (Art. 20(2)), and tells what became of it. */
export function TransmitPanel({ request }: { readonly request: Request }) {
  const { t } = useSpeech();
  const id = useId();
  const [chosen, setChosen] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const act = useAct(TransmitDocument);
  const recipients = useAnswer(RecipientsDocument, {}).data?.data.transmissionRecipients ?? [];
  const { transmissions } = request;
  const labelOf = (name: string): string => recipients.find((each) => each.name === name)?.label ?? name;
  const busy = new Set(transmissions.filter(({ status }) => isUnderWay(status)).map(({ recipient }) => recipient));
  const free = recipients.filter(({ name }) => !busy.has(name));
  const isSendable = request.right === 'PORTABILITY' && SENDABLE.has(request.status) && free.length > 0;
  if (!isSendable && transmissions.length === 0) return null;
  const to = free.find(({ name }) => name === chosen) ?? free[0];
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    setAsking(true);
  };
  const send = (): void => {
    setAsking(false);
    if (to !== undefined && !act.isPending) act.mutate({ request: request.id, recipient: to.name });
  };
  return (
    <section aria-labelledby={id} className="panel">
      <h2 id={id}>{t('transmit.title')}</h2>
      <p>{t('transmit.text')}</p>
      <Transmissions transmissions={transmissions} labelOf={labelOf} />
      {isSendable && to !== undefined && (
        <form className="transmit" onSubmit={ask}>
          <div className="field">
            <label htmlFor={`${id}-to`}>{t('transmit.to')}</label>
            <select id={`${id}-to`} value={to.name} onChange={({ target }) => setChosen(target.value)}>
              {free.map(({ name, label }) => (
                <option key={name} value={name}>
                  {label}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" aria-disabled={act.isPending}>
            {t(act.isPending ? 'transmit.asking' : 'transmit.send')}
          </button>
        </form>
      )}
      {act.error !== null && <Failure error={act.error} />}
      {isAsking && to !== undefined && (
        <Dialog title={t('transmit.sure', { name: to.label })} onClose={() => setAsking(false)}>
          <p>{t('transmit.sureText', { name: to.label })}</p>
          <div className="actions">
            <button type="button" className="button-main" onClick={send}>
              {t('transmit.sureYes', { name: to.label })}
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              {t('transmit.sureNo')}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
