import { useId } from 'react';
import { useSpeech } from '../language/speech.ts';
import { HoldingRow } from './holding-row.tsx';
import type { Holding } from './tiles.tsx';

interface HoldingsProps {
  readonly title: string;
  readonly text: string;
  readonly holdings: readonly Holding[];
}

/** Categories that are held in one role. */
export function Holdings({ title, text, holdings }: HoldingsProps) {
  const { counted } = useSpeech();
  const id = useId();
  if (holdings.length === 0) return null;
  return (
    <section aria-labelledby={id} className="section">
      <h2 id={id}>{title}</h2>
      <p className="quiet">
        {text} {counted('categories', holdings.length)}.
      </p>
      <ul className="holdings">
        {holdings.map((holding) => (
          <HoldingRow key={`${holding.dataset} ${holding.relation}`} holding={holding} />
        ))}
      </ul>
    </section>
  );
}
