/**
 * Who calls. The union is the access model: what an actor may see follows from its kind and from nothing it claims.
 *
 * CONTROLLER_STAFF  privacy staff; organisationId null is the operator's own, an id is a customer acting as controller
 * PROCESSOR_STAFF   staff of someone who processes for the controller
 * AUDITOR           reads the audit log and counts, never a subject's data
 * ADMINISTRATOR     runs the gateway, and for that needs no subject's data either
 */
export type Actor =
  | { readonly kind: 'SUBJECT'; readonly tenant: string; readonly subjectId: string }
  | {
      readonly kind: 'CONTROLLER_STAFF';
      readonly tenant: string;
      readonly staffId: string;
      readonly organisationId: string | null;
    }
  | { readonly kind: 'PROCESSOR_STAFF'; readonly tenant: string; readonly staffId: string }
  | { readonly kind: 'SUPPORT_AGENT'; readonly tenant: string; readonly staffId: string }
  | { readonly kind: 'INTERNAL_APP'; readonly tenant: string; readonly appId: string }
  | { readonly kind: 'AUDITOR'; readonly tenant: string; readonly staffId: string }
  | { readonly kind: 'ADMINISTRATOR'; readonly tenant: string; readonly staffId: string };

export type ActorKind = Actor['kind'];

/** Every kind, in the order in which they are listed. */
export const ACTOR_KINDS = [
  'SUBJECT',
  'CONTROLLER_STAFF',
  'PROCESSOR_STAFF',
  'SUPPORT_AGENT',
  'INTERNAL_APP',
  'AUDITOR',
  'ADMINISTRATOR',
] as const satisfies readonly ActorKind[];

/** What is said of a person, or of an app: all that decides which actor they are. */
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

/** The id under which an actor is audited. */
export function actorIdOf(actor: Actor): string {
  switch (actor.kind) {
    case 'SUBJECT':
      return actor.subjectId;
    case 'INTERNAL_APP':
      return actor.appId;
    case 'CONTROLLER_STAFF':
    case 'PROCESSOR_STAFF':
    case 'SUPPORT_AGENT':
    case 'AUDITOR':
    case 'ADMINISTRATOR':
      return actor.staffId;
    default:
      return actor satisfies never;
  }
}

/** An audited permission to see items of one person for one purpose until it ends; who may use it is its holder alone. */
export interface Grant {
  readonly id: string;
  readonly actorId: string;
  readonly purpose: string;
  /** Item names or ids. */
  readonly items: readonly string[];
  readonly expiresAt: Date;
}
