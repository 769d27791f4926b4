import { useState } from 'react';
import { Link } from 'wouter';
import { isBuilt, REQUEST_RIGHTS } from '../../src/requests/states.ts';
import type { Policy } from '../gateway/policy.ts';
import { useSpeech } from '../language/speech.ts';
import { RightForm } from './right-form.tsx';

/** One right: what it is, what the policy says of it, and how to use it. */
export function RightCard({
  right: { right: name, article, clause, quote, stated },
}: {
  readonly right: Policy['rights'][number];
}) {
  const { t, word } = useSpeech();
  const [isOpen, setOpen] = useState(false);
  const right = REQUEST_RIGHTS.find((each) => each === name) ?? null;
  return (
    <li className="card">
      <h2>
        {word('right', name)} <span className="quiet">{article.replace(/^(?=\d)/, 'Art. ')}</span>
      </h2>
      <p>{word('right', `${name}.text`, '')}</p>
      <p className="quiet">
        {stated ? t('rights.stated') : t('rights.statutory')}
        {clause !== null && ` (${clause})`}
      </p>
      {quote !== null && <blockquote lang="en">{quote}</blockquote>}
      {right === null ? (
        <Elsewhere name={name} />
      ) : isBuilt(right) ? (
        <p>
          <Link href="/copy" className="button">
            {t('rights.toCopy')}
          </Link>
        </p>
      ) : isOpen ? (
        <RightForm right={right} onCancel={() => setOpen(false)} />
      ) : (
        <p>
          <button type="button" onClick={() => setOpen(true)}>
            {t('rights.use')} <span className="unseen">– {word('right', name)}</span>
          </button>
        </p>
      )}
    </li>
  );
}

/** Rights that one does not ask for here. */
function Elsewhere({ name }: { readonly name: string }) {
  const { t } = useSpeech();
  if (name === 'COMPLAINT')
    return (
      <p>
        <Link href="/about">{t('rights.toAbout')}</Link>
      </p>
    );
  if (name === 'INFORMATION')
    return (
      <p>
        <Link href="/">{t('rights.toInfo')}</Link>
      </p>
    );
  return null;
}
