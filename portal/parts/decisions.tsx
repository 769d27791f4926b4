import { useId, type ReactNode } from 'react';
import { PolicyDocument } from '../gateway/policy.ts';
import type { Decision } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';

interface DecisionsProps {
  readonly decisions: readonly Decision[];
  /** What can be done about one. */
  readonly act?: (decision: Decision) => ReactNode;
}

/** Who answers for which part of a request: one card for each who does, and its parts below each other. */
export function Decisions({ decisions, act }: DecisionsProps) {
  const { t, word, named, counted, list } = useSpeech();
  const id = useId();
  const policy = useAnswer(PolicyDocument, {}).data?.data.policy;
  const itemName = (item: string): string => word('item', policy?.items.find((each) => each.id === item)?.item ?? item);
  if (decisions.length === 0) return null;
  const groups = Map.groupBy(decisions, ({ outcome, party }) =>
    named('outcome', outcome).replace('{party}', party ?? t('outcome.nobody')),
  );
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('request.decisions')}</h2>
      <ul className="cards">
        {[...groups].map(([title, parts]) => (
          <li key={title} className="card">
            <h3>{title}</h3>
            <ul className="parts">
              {parts.map((decision) => (
                <li key={decision.id}>
                  <details>
                    <summary>
                      {counted('request.items', decision.items.length)}{' '}
                      <span className="quiet">{word('relation', decision.relation)}</span>
                    </summary>
                    <p>{list(decision.items.map(itemName))}</p>
                  </details>
                  {act?.(decision)}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
