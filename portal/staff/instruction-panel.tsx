import { useId } from 'react';
import { InstructionsDocument, WantedDocument } from '../instruct/documents.ts';
import { InstructionList } from '../instruct/instruction-list.tsx';
import type { Request } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Answer } from '../parts/answer.tsx';
import { CopyText } from '../parts/copy-text.tsx';

/** While a request is here, an instruction lets it, or more of it, go. */
const WAITING: readonly string[] = ['INSTRUCTION_REQUIRED', 'NEEDS_REVIEW'];

/** Who may instruct what a request waits for, where they do it, and what they have said so far. */
export function InstructionPanel({ request }: { readonly request: Request }) {
  const { t, list } = useSpeech();
  const id = useId();
  const waiting = (request.decisions ?? []).filter(({ outcome }) => outcome === 'INSTRUCTION_REQUIRED');
  if (waiting.length === 0 || !WAITING.includes(request.status)) return null;
  const parties = [...new Set(waiting.map(({ party }) => party ?? t('outcome.nobody')))];
  return (
    <section aria-labelledby={id} className="panel">
      <h2 id={id}>{t('instruct.waits', { party: list(parties) })}</h2>
      <p>{t('instruct.who')}</p>
      <p>
        {t('instruct.where')} <CopyText text={`${window.location.origin}/portal/instructions`} />
      </p>
      <p>{t(request.status === 'NEEDS_REVIEW' ? 'instruct.thenApprove' : 'instruct.thenGoesOn')}</p>
      <Said requestId={request.id} />
    </section>
  );
}

function Said({ requestId }: { readonly requestId: string }) {
  const { t } = useSpeech();
  const wanted = useAnswer(WantedDocument, { request: requestId });
  return (
    <Answer of={wanted} lines={1}>
      {({ instructionsWanted }) => {
        const organisations = instructionsWanted?.map(({ organisationId }) => organisationId) ?? [];
        if (organisations.length === 0) return <p className="quiet">{t('instruct.notKnown')}</p>;
        return organisations.map((organisation) => <SoFar key={organisation} organisation={organisation} />);
      }}
    </Answer>
  );
}

function SoFar({ organisation }: { readonly organisation: string }) {
  const { t } = useSpeech();
  const answer = useAnswer(InstructionsDocument, { organisation });
  return (
    <>
      <h3>
        {t('instruct.soFar')} <code>{organisation}</code>
      </h3>
      <Answer of={answer} lines={1}>
        {({ instructions }) => <InstructionList instructions={instructions ?? []} />}
      </Answer>
    </>
  );
}
