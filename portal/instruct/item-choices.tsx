import { useId } from 'react';
import type { Policy } from '../gateway/policy.ts';
import type { MessageKey } from '../language/messages.ts';
import { useSpeech } from '../language/speech.ts';

interface ItemChoicesProps {
  readonly policy: Policy;
  /** Ids of items. */
  readonly offered: readonly string[];
  readonly chosen: readonly string[];
  readonly fault: MessageKey | undefined;
  readonly onChoose: (chosen: readonly string[]) => void;
}

/** Kinds of data, by the names that people know, each to be chosen or not. */
export function ItemChoices({ policy, offered, chosen, fault, onChoose }: ItemChoicesProps) {
  const { t, word, counted } = useSpeech();
  const id = useId();
  const isAll = offered.every((item) => chosen.includes(item));
  const nameOf = (item: string): string => word('item', policy.items.find((each) => each.id === item)?.item ?? item);
  const toggle = (item: string): void =>
    onChoose(chosen.includes(item) ? chosen.filter((each) => each !== item) : [...chosen, item]);
  return (
    <fieldset aria-describedby={`${id}-fault`} className="items">
      <legend>{t('instruct.items')}</legend>
      <p className="items-head">
        <span className="quiet">{counted('request.items', chosen.length)}</span>
        <button type="button" className="plain" onClick={() => onChoose(isAll ? [] : offered)}>
          {t(isAll ? 'instruct.none' : 'instruct.all')}
        </button>
      </p>
      <ul>
        {offered.map((item) => (
          <li key={item}>
            <label>
              <input type="checkbox" checked={chosen.includes(item)} onChange={() => toggle(item)} />
              <span>
                {nameOf(item)} <code>{item}</code>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <p id={`${id}-fault`} className="fault">
        {fault !== undefined && t(fault)}
      </p>
    </fieldset>
  );
}
