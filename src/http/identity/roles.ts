import { ACTOR_KINDS, type ActorKind } from '../../access/actor.ts';

/** The kind that a stored word names; null for a word that is none, as of a version that knew another. */
export function kindOf(word: string): ActorKind | null {
  return ACTOR_KINDS.find((kind) => kind === word) ?? null;
}
