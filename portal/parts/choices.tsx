import { useId } from 'react';

interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: string;
  readonly text: string;
  readonly note: string | null;
}

interface ChoicesProps<Value extends string> {
  readonly legend: string;
  readonly chosen: Value;
  readonly onChoose: (value: Value) => void;
  readonly choices: readonly Choice<Value>[];
}

/** One of several, each with what it means. */
export function Choices<Value extends string>({ legend, chosen, onChoose, choices }: ChoicesProps<Value>) {
  const id = useId();
  return (
    <fieldset className="choices">
      <legend>{legend}</legend>
      {choices.map(({ value, name, text, note }) => (
        <label key={value} className="choice">
          <input
            type="radio"
            name={id}
            value={value}
            checked={value === chosen}
            onChange={() => onChoose(value)}
            aria-describedby={`${id}-${value}`}
          />
          <span>
            <strong>{name}</strong>
            <span id={`${id}-${value}`} className="quiet">
              {text}
              {note !== null && <span className="line">{note}</span>}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
