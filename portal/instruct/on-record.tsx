import { useId, useState } from 'react';
import { useAct, useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { InstructionsDocument, RevokeInstructionDocument } from './documents.ts';
import { InstructionList } from './instruction-list.tsx';

/** What a controller has instructed; whoever belongs to none writes whose it is to be. */
export function OnRecord({ organisation }: { readonly organisation: string | null }) {
  const { t } = useSpeech();
  const [written, setWritten] = useState('');
  const [asked, setAsked] = useState<string | null>(organisation);
  const id = useId();
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('instruct.onRecord')}</h2>
      {organisation === null && (
        <form
          className="transmit"
          onSubmit={(event) => {
            event.preventDefault();
            setAsked(written.trim() === '' ? null : written.trim());
          }}
        >
          <div className="field">
            <label htmlFor={`${id}-of`}>{t('instruct.organisation')}</label>
            <input id={`${id}-of`} value={written} onChange={({ target }) => setWritten(target.value)} />
          </div>
          <button type="submit">{t('instruct.show')}</button>
        </form>
      )}
      {asked !== null && <Known organisation={asked} />}
    </section>
  );
}

function Known({ organisation }: { readonly organisation: string }) {
  const { t } = useSpeech();
  const answer = useAnswer(InstructionsDocument, { organisation });
  const revoke = useAct(RevokeInstructionDocument);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <>
      {revoke.error !== null && <Failure error={revoke.error} />}
      <Answer of={answer} lines={2}>
        {({ instructions }) => <InstructionList instructions={instructions ?? []} onRevoke={setChosen} />}
      </Answer>
      {chosen !== null && (
        <Dialog title={t('instruct.revoke')} onClose={() => setChosen(null)}>
          <p>{t('instruct.revokeSure')}</p>
          <div className="actions">
            <button
              type="button"
              className="button-bad"
              onClick={() => {
                if (!revoke.isPending) revoke.mutate({ id: chosen });
                setChosen(null);
              }}
            >
              {t('instruct.revoke')}
            </button>
            <button type="button" onClick={() => setChosen(null)}>
              {t('instruct.revokeNo')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
