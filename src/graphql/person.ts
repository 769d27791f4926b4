import type { Grant } from '../access/actor.ts';
import { canGrantsOpen } from '../access/mandating.ts';
import type { SubjectKey } from '../holdings/subject-path.ts';
import { readGrants } from '../mandates/grants.ts';
import { instructionsFor, NO_INSTRUCTIONS } from '../mandates/standing.ts';
import type { Policy } from '../policy/schema.ts';
import type { GatewayContext } from './context.ts';
import { decisionsFor } from './decisions.ts';
import type { FieldMaker } from './field-maker.ts';
import { frameOf } from './frames.ts';

/**
 * The request as it bears on one person: with the grants and instructions that hold for that person at this moment, and with
 * notes of what is seen of them. The request itself has none of these, so that what forgets to ask here shows nothing.
 */
export async function contextFor(request: GatewayContext, subject: SubjectKey): Promise<GatewayContext> {
  const { actor, now, policy } = request;
  const { reader } = request.loaders;
  const asksGrants = canGrantsOpen(policy, actor);
  const asksInstructions = holdsForOthers(policy);
  const [grants, instructions] =
    asksGrants || asksInstructions
      ? await Promise.all([
          asksGrants ? readGrants(reader, actor, subject.subjectId, now).then((all) => all.filter(isFor(request))) : [],
          asksInstructions ? instructionsFor(reader, subject, now) : NO_INSTRUCTIONS,
        ])
      : [[], NO_INSTRUCTIONS];
  const privacy = request.privacy.about(subject.subjectId);
  for (const { id } of grants) privacy.person.grants.add(id);
  for (const id of instructions.ids) privacy.person.instructions.add(id);
  return { ...request, grants, instructions, privacy, decisions: decisionsFor({ ...request, grants, instructions }) };
}

/** Of no use for another purpose, and so not what the look rests on. */
function isFor({ purpose }: GatewayContext): (grant: Grant) => boolean {
  return (grant) => grant.purpose === purpose;
}

/** Whether anything is held for others, so that an instruction could matter. */
function holdsForOthers({ routing }: Policy): boolean {
  return routing.some(({ route }) => route.kind === 'PROCESSOR' || route.kind === 'FORWARD');
}

/** A field maker whose fields are resolved in the request as it bears on the person whose row it is. */
export function aboutPerson(t: FieldMaker): FieldMaker {
  return {
    arg: t.arg,
    field: (options) =>
      t.field({
        ...options,
        resolve: (row, args, _request, info) => options.resolve(row, args, frameOf(row).context, info),
      }),
  };
}
