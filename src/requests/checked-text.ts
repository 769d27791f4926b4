import { CarryallError } from '../errors.ts';

const LENGTH = { shortest: 10, longest: 4000 } as const;

/** Words that a person will read, without blanks around them. Throws BAD_INPUT for too few or too many. */
export function checkText(path: string, text: string): string {
  const words = text.trim();
  const length = Array.from(words).length;
  if (length >= LENGTH.shortest && length <= LENGTH.longest) return words;
  const reason = `wanted ${LENGTH.shortest} to ${LENGTH.longest} characters`;
  throw new CarryallError('BAD_INPUT', `${path}: ${reason}, not ${length}.`, { faults: [{ path, reason }] });
}
