import { assertDeclared } from '../access/declaration.ts';
import { isCarryallError, type CarryallError } from '../errors.ts';
import type { GatewayContext } from './context.ts';
import type { Refusal } from './sightings.ts';

/** Notes a refusal for the audit log and returns the error, to be thrown (L-20). */
export function refused(
  { privacy }: GatewayContext,
  error: CarryallError,
  about: Pick<Refusal, 'action' | 'subjectId'>,
): CarryallError {
  privacy.refuse({ ...about, denial: error.code });
  return error;
}

/** Lets nobody pass who has not said what for; before anything of a person is read. Throws PURPOSE_REQUIRED and FORBIDDEN. */
export function assertMayLook(context: GatewayContext, about: Pick<Refusal, 'action' | 'subjectId'>): void {
  const { policy, actor, purpose, reason, ticket, keyPurposes } = context;
  try {
    assertDeclared(policy, actor.kind, { purpose, reason, ticket, keyPurposes });
  } catch (error) {
    throw isCarryallError(error) ? refused(context, error, about) : error;
  }
}

/** Does something, and notes when it is refused to the caller. Throws what `work` throws. */
export async function noting<T>(
  context: GatewayContext,
  about: Pick<Refusal, 'action' | 'subjectId'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCarryallError(error, 'FORBIDDEN') || isCarryallError(error, 'NOT_FOUND')) refused(context, error, about);
    throw error;
  }
}
