import type { Actor, ActorKind } from '../../access/actor.ts';

export const ACTOR_KINDS = [
  'SUBJECT',
  'CONTROLLER_STAFF',
  'PROCESSOR_STAFF',
  'SUPPORT_AGENT',
  'INTERNAL_APP',
  'AUDITOR',
  'ADMINISTRATOR',
] as const satisfies readonly ActorKind[];

/** What an issuer says of a person, or of an app: all that decides which actor they are. */
export interface Role {
  readonly kind: ActorKind;
  /** The subject's id, or the id under which staff and apps are audited. */
  readonly actorId: string;
  /** Only of controller staff: the customer for whom they act, null for the operator's own. */
  readonly organisationId: string | null;
}

/** The actor of a role at a tenant. */
export function actorOf(tenant: string, { kind, actorId, organisationId }: Role): Actor {
  switch (kind) {
    case 'SUBJECT':
      return { kind, tenant, subjectId: actorId };
    case 'CONTROLLER_STAFF':
      return { kind, tenant, staffId: actorId, organisationId };
    case 'INTERNAL_APP':
      return { kind, tenant, appId: actorId };
    case 'PROCESSOR_STAFF':
    case 'SUPPORT_AGENT':
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return { kind, tenant, staffId: actorId };
    default:
      return kind satisfies never;
  }
}

/** The kind that a stored word names; null for a word that is none, as of a version that knew another. */
export function kindOf(word: string): ActorKind | null {
  return ACTOR_KINDS.find((kind) => kind === word) ?? null;
}
