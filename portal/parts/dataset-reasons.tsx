import { PolicyDocument } from '../gateway/policy.ts';
import { useAnswer } from '../gateway/use-gateway.ts';
import { useSpeech } from '../language/speech.ts';
import { Quote } from './quote.tsx';

/** For what records of a kind are used, on which ground, and who receives them: by the items of the policy that they store. */
export function DatasetReasons({ items }: { readonly items: readonly string[] }) {
  const { t, list, word } = useSpeech();
  const { data } = useAnswer(PolicyDocument, {});
  if (data === undefined) return null;
  const { policy } = data.data;
  const named = policy.items.filter(({ item }) => items.includes(item));
  const purposes = new Set(named.flatMap((item) => item.purposes.map(({ id }) => id)));
  const recipients = new Set(named.flatMap((item) => item.recipients.map(({ id }) => id)));
  const bases = new Set(named.flatMap((item) => item.bases.map(({ id }) => id)));
  const articles = new Set(policy.bases.filter(({ id }) => bases.has(id)).flatMap((basis) => basis.articles));
  const names = policy.recipients
    .filter(({ id, dataShared }) => dataShared && recipients.has(id))
    .map(({ name }) => name);
  return (
    <details className="reasons">
      <summary>{t('dataset.why')}</summary>
      <dl className="facts">
        <div>
          <dt>{t('dataset.purposes')}</dt>
          {policy.purposes
            .filter(({ id }) => purposes.has(id))
            .map(({ id, quote }) => (
              <dd key={id} lang="en">
                <Quote text={quote} />
              </dd>
            ))}
          {purposes.size === 0 && <dd>{t('dataset.notStated')}</dd>}
        </div>
        <div>
          <dt>{t('dataset.bases')}</dt>
          <dd>
            {articles.size === 0
              ? t('dataset.notStated')
              : list([...articles].map((article) => word('info', `basis.${article}`, article)))}
          </dd>
        </div>
        <div>
          <dt>{t('dataset.recipients')}</dt>
          <dd lang={names.length === 0 ? undefined : 'en'}>
            {names.length === 0 ? t('overview.whoNone') : list(names)}
          </dd>
        </div>
      </dl>
    </details>
  );
}
