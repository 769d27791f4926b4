import { useId } from 'react';
import type { Step } from '../gateway/requests.ts';
import { useViewer } from '../gateway/viewer.ts';
import { useSpeech } from '../language/speech.ts';

/** All that happened to a request, the first thing first. */
export function Steps({ steps }: { readonly steps: readonly Step[] }) {
  const { t, named, moment } = useSpeech();
  const { kind } = useViewer();
  const id = useId();
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('request.steps')}</h2>
      <ol className="timeline">
        {steps.map(({ id: key, at, step, actorKind }) => (
          <li key={key}>
            <p>
              <time dateTime={at}>{moment(at)}</time>
            </p>
            <p>
              {named('step', step)}
              {!step.startsWith('ROUTE_') && (
                <span className="quiet">
                  {' · '}
                  {kind !== 'SUBJECT' && actorKind === 'SUBJECT' ? t('work.person') : named('actor', actorKind)}
                </span>
              )}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}
