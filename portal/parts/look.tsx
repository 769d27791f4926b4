import type { LooksQuery } from '../../src/generated/portal-documents/graphql.ts';
import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';

type LookEntry = NonNullable<NonNullable<LooksQuery['viewer']['subject']>['accessLog']>['nodes'][number];

const FEW = 4;

/** One look: when, in which role, what was seen, and why. */
export function Look({ look: { at, role, action, purpose, items, ticket } }: { readonly look: LookEntry }) {
  const { t, named, moment, list, word, counted } = useSpeech();
  const { data } = useAnswer(PolicyDocument, {});
  const quote = data?.data.policy.purposes.find(({ id }) => id === purpose)?.quote;
  const names = items.map((item) => word('item', item));
  return (
    <li>
      <p>
        <time dateTime={at}>{moment(at)}</time>
      </p>
      <div>
        <p>
          <strong>{named('actor', role)}</strong> <span className="quiet">{named('action', action)}</span>
        </p>
        {names.length > 0 && names.length <= FEW && <p>{list(names)}</p>}
        {names.length > FEW && (
          <details>
            <summary>{counted('looks.allOf', names.length)}</summary>
            <p>{list(names)}</p>
          </details>
        )}
        {purpose !== null && (
          <p className="quiet">
            {t('looks.why')}: {quote === undefined ? named('declare', purpose) : <q lang="en">{quote}</q>}
          </p>
        )}
        {ticket !== null && <p className="quiet">{t('looks.ticket', { ticket })}</p>}
      </div>
    </li>
  );
}
