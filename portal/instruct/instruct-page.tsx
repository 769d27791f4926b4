import { useState } from 'react';
import { PolicyDocument, type Policy } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Page } from '../parts/page.tsx';
import { WantedDocument, type Wanted } from './documents.ts';
import { InstructForm } from './instruct-form.tsx';
import { OnRecord } from './on-record.tsx';
import { WantedList } from './wanted-list.tsx';

/** Where those who may speak for a controller see what is wanted of it, instruct it, and take it back. */
export function InstructPage() {
  const { t } = useSpeech();
  const { tenant, organisationId } = useViewer();
  const policy = useAnswer(PolicyDocument, {});
  const wanted = useAnswer(WantedDocument, { request: null });
  const [chosen, setChosen] = useState<Wanted | 'ANY' | null>(null);
  const [isRecorded, setRecorded] = useState(false);
  const kept = policy.data === undefined ? null : processed(policy.data.data.policy);
  const choose = (what: Wanted | 'ANY'): void => {
    setRecorded(false);
    setChosen(what);
  };
  return (
    <Page
      title={t('instruct.title')}
      lead={t('instruct.lead', { operator: tenant.name })}
      actions={
        kept?.length !== 0 && (
          <button type="button" onClick={() => choose('ANY')}>
            {t('instruct.another')}
          </button>
        )
      }
    >
      {kept?.length === 0 && <p className="note">{t('instruct.noneKept', { operator: tenant.name })}</p>}
      <p role="status" className={isRecorded ? 'note note-good' : ''}>
        {isRecorded && t('instruct.recorded')}
      </p>
      <Answer of={wanted}>
        {({ instructionsWanted }) => <WantedList wanted={instructionsWanted ?? []} onInstruct={choose} />}
      </Answer>
      <OnRecord organisation={organisationId} />
      {chosen !== null && policy.data !== undefined && (
        <Dialog title={t('instruct.another')} onClose={() => setChosen(null)}>
          <InstructForm
            policy={policy.data.data.policy}
            organisation={chosen === 'ANY' ? organisationId : chosen.organisationId}
            items={chosen === 'ANY' ? (kept ?? []) : chosen.items}
            isOfRequest={chosen !== 'ANY'}
            isDocumentNeeded={organisationId === null}
            onDone={() => {
              setRecorded(true);
              setChosen(null);
            }}
            onCancel={() => setChosen(null)}
          />
        </Dialog>
      )}
    </Page>
  );
}

/** What the operator holds for others: of nothing else can others say what becomes of it. */
function processed({ items }: Policy): readonly string[] {
  return items.filter(({ role }) => role.holder === 'PROCESSOR').map(({ id }) => id);
}
