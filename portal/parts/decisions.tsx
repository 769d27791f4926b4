import { useId, type ReactNode } from 'react';
import { PolicyDocument, type Policy } from '../gateway/policy.ts';
import type { Decision } from '../gateway/requests.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech, type Speech } from '../language/speech.ts';

interface DecisionsProps {
  readonly decisions: readonly Decision[];
  /** What can be done about one. */
  readonly act?: (decision: Decision) => ReactNode;
}

/** What the operator answers itself comes first, what is to be asked elsewhere last. */
const ORDER: readonly string[] = ['BUILD', 'NEEDS_REVIEW', 'INSTRUCTION_REQUIRED', 'FORWARDED', 'REFERRED'];

/** Who answers for which part of a request: one card for each who does, and its parts below each other. */
export function Decisions({ decisions, act }: DecisionsProps) {
  const speech = useSpeech();
  const { t, word, counted, list } = speech;
  const id = useId();
  const policy = useAnswer(PolicyDocument, {}).data?.data.policy;
  const itemName = (item: string): string => word('item', policy?.items.find((each) => each.id === item)?.item ?? item);
  if (decisions.length === 0) return null;
  const sorted = decisions.toSorted(
    (one, other) =>
      ORDER.indexOf(one.outcome) - ORDER.indexOf(other.outcome) || one.relation.localeCompare(other.relation),
  );
  const groups = Map.groupBy(sorted, (decision) => titleOf(speech, policy, decision));
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{t('request.decisions')}</h2>
      <ul className="cards">
        {[...groups].map(([title, parts]) => (
          <li key={title} className="card">
            <h3>{title}</h3>
            <ul className="parts">
              {(act === undefined ? byRelation(parts) : parts).map((decision) => (
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

function titleOf({ t, named }: Speech, policy: Policy | undefined, { outcome, items, party }: Decision): string {
  const isOnDevice = (item: string): boolean => policy?.items.find(({ id }) => id === item)?.role.holder === 'DEVICE';
  // A device answers nobody: it is looked into.
  if (outcome === 'REFERRED' && items.every(isOnDevice)) return t('outcome.onDevice');
  return named('outcome', outcome).replace('{party}', party ?? t('outcome.nobody'));
}

/** Whoever decides nothing is told what they are to the data once, whatever kept the parts asunder. */
function byRelation(parts: readonly Decision[]): readonly Decision[] {
  return [...Map.groupBy(parts, ({ relation }) => relation).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ ...first, items: [...new Set(same.flatMap(({ items }) => items))] }];
  });
}
