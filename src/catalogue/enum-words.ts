import * as enums from '../generated/prisma/enums.ts';

const words = new Map(
  Object.entries(enums).map(([name, values]) => [name, Object.values(values) as readonly string[]]),
);

/** The words of an enum of the datamodel. */
export function enumWords(name: string): readonly string[] {
  const found = words.get(name);
  if (found === undefined) throw new TypeError(`No enum ${name}`);
  return found;
}
