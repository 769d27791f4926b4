import { Option } from 'commander';
import { ACTOR_KINDS, type ActorKind } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';

const KINDS = new Map<string, ActorKind>(ACTOR_KINDS.map((kind) => [kind.toLowerCase().replaceAll('_', '-'), kind]));

/** The option that says which kind of actor is meant, as `support-agent`. */
export const kindOption = (): Option =>
  new Option('--as <kind>', 'what kind of actor').choices([...KINDS.keys()]).makeOptionMandatory();

/** The kind that a word of the option names. Throws BAD_INPUT. */
export function kindNamed(word: string): ActorKind {
  const kind = KINDS.get(word);
  if (kind === undefined) throw new CarryallError('BAD_INPUT', `--as wants one of ${[...KINDS.keys()].join(', ')}.`);
  return kind;
}
