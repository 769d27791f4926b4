import type { Actor } from './actor.ts';

/** Whether an actor reads a tenant's audit log: auditors, and the operator's own privacy staff. It has no name of anybody. */
export function mayReadLog(actor: Actor): boolean {
  return actor.kind === 'AUDITOR' || mayFindInLog(actor);
}

/**
 * Whether an actor may ask the log for whom an identifier names: whoever answers for the data. An auditor reads what was done,
 * and is not told whether a person is there at all.
 */
export function mayFindInLog(actor: Actor): boolean {
  return actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null;
}
