import type { Scope } from '../catalogue/vocabulary.ts';
import { dispositionOf, type Disposition, type DispositionQuery } from '../policy/disposition.ts';
import { homeOf } from '../policy/home.ts';
import { includesClass, purposesFor } from '../policy/purposes.ts';
import type { Item, Policy } from '../policy/schema.ts';
import { actorIdOf, type Actor, type ActorKind, type Grant } from './actor.ts';
import { capacityOf, isForAnother, type Capacity } from './capacity.ts';
import { isPurposeKnown } from './declaration.ts';
import { isInstructed, type InstructedUse } from './instructed.ts';
import { VISIBILITY, type Cell, type Column } from './visibility-table.ts';

export const DENIAL_REASONS = [
  'WITHHELD',
  'NOT_COLLECTED',
  'EXPIRED',
  'ROUTED',
  'HELD_ON_DEVICE',
  'HELD_BY_THIRD_PARTY',
  'INSTRUCTION_REQUIRED',
  'PURPOSE_REQUIRED',
  'GRANT_REQUIRED',
  'DELETION_PENDING',
] as const;
export type DenialReason = (typeof DENIAL_REASONS)[number];

/** What an actor gets of a value. */
export type Visibility =
  | { readonly kind: 'CLEAR' }
  | { readonly kind: 'MASKED' }
  | { readonly kind: 'COUNT' }
  | { readonly kind: 'GRANT_ONLY' }
  | { readonly kind: 'DENIED'; readonly reason: DenialReason };

/** One look at one value. */
export interface Look extends Omit<DispositionQuery, 'item' | 'scope'> {
  /** The item of the policy, or null when the policy does not name it. */
  readonly item: Item | null;
  readonly actor: Actor;
  /** A purpose's id, or a class such as TROUBLESHOOTING. */
  readonly purpose: string | null;
  /** Those for the person whose value it is. */
  readonly grants: readonly Grant[];
  /** What each controller of the person's data has told the operator to do with them; none by default. */
  readonly instructed?: readonly (readonly InstructedUse[])[] | undefined;
  readonly now: Date;
  /** The row is the subject's own or, for a customer, of the customer's organisation. */
  readonly own: boolean;
  readonly sameTeam?: boolean | undefined;
  /** The value is the subject's verified number. */
  readonly ownNumber?: boolean | undefined;
  /** The row is a note that staff wrote for themselves. */
  readonly internalNote?: boolean | undefined;
  readonly deletionPending?: boolean | undefined;
  readonly expired?: boolean | undefined;
  readonly scope?: Scope | undefined;
}

type KnownLook = Look & { readonly item: Item };

const CLEAR: Visibility = { kind: 'CLEAR' };
const MASKED: Visibility = { kind: 'MASKED' };

/** What an actor sees of an item; everything that is not plainly allowed is denied, with a reason. */
export function visibilityOf(look: Look): Visibility {
  const { item } = look;
  if (item === null) return denied('NOT_COLLECTED');
  const known: KnownLook = { ...look, item };
  return refusalAtHome(known) ?? (look.actor.kind === 'SUBJECT' ? bySubject(known) : byStaff(known, look.actor));
}

function refusalAtHome({ policy, item }: KnownLook): Visibility | null {
  const home = homeOf(policy, item);
  switch (home) {
    case 'SECRET':
    case 'FORBIDDEN':
    case 'NOT_INTENDED':
    case 'COPY':
      return denied('WITHHELD');
    case 'DEVICE':
      return denied('HELD_ON_DEVICE');
    case 'THIRD_PARTY':
      return denied('HELD_BY_THIRD_PARTY');
    case 'TRANSIENT':
    case 'ANONYMOUS':
      return denied('NOT_COLLECTED');
    case 'COLUMN':
      return null;
    default:
      return home satisfies never;
  }
}

/** A subject's live view is that subject's bundle: the disposition decides first, and nothing held is hidden. */
function bySubject(look: KnownLook): Visibility {
  if (!look.own) return look.sameTeam === true ? byCell(look, 'TEAM_MEMBER') : denied('WITHHELD');
  const scope = look.scope ?? 'ACCESS';
  const refusal = refusalOf(dispositionOf({ ...look, scope }));
  if (refusal !== null) return denied(refusal);
  if (look.expired === true && scope === 'PORTABILITY') return denied('EXPIRED');
  if (look.internalNote === true) return denied('WITHHELD');
  return byCell(look, look.relation === 'CALL_COUNTERPARTY' ? 'COUNTERPARTY' : 'SUBJECT');
}

function refusalOf(disposition: Disposition): DenialReason | null {
  switch (disposition.kind) {
    case 'INCLUDE':
    case 'CONTEXT':
      return null;
    case 'WITHHOLD':
    case 'NEVER':
      return 'WITHHELD';
    case 'ROUTE':
      return disposition.status === 'INSTRUCTION_REQUIRED' ? 'INSTRUCTION_REQUIRED' : 'ROUTED';
    case 'REFER':
      return disposition.where === 'DEVICE' ? 'HELD_ON_DEVICE' : 'HELD_BY_THIRD_PARTY';
    default:
      return disposition satisfies never;
  }
}

function byStaff(look: KnownLook, actor: Exclude<Actor, { kind: 'SUBJECT' }>): Visibility {
  if (actor.kind === 'AUDITOR' || actor.kind === 'ADMINISTRATOR') return byCell(look, 'OVERSEER');
  const capacity = capacityOf(look);
  if (capacity === 'NONE') return denied('WITHHELD');
  if (look.expired === true) return denied('EXPIRED');
  const column = columnOf(actor, capacity);
  if (column === 'CUSTOMER') return look.own ? byCell(look, column) : denied('WITHHELD');
  const agentOrApp = actor.kind === 'SUPPORT_AGENT' || actor.kind === 'INTERNAL_APP';
  if (agentOrApp && look.deletionPending === true) return denied('DELETION_PENDING');
  const isKnown = look.purpose !== null && isPurposeKnown(look.policy, actor.kind, look.purpose);
  if (!isKnown || isRestricted(look, actor)) return denied('PURPOSE_REQUIRED');
  const seen = byCell(look, column);
  return isShown(seen) && lacksInstruction(look, actor) ? denied('INSTRUCTION_REQUIRED') : seen;
}

function isShown({ kind }: Visibility): boolean {
  return kind === 'CLEAR' || kind === 'MASKED' || kind === 'COUNT';
}

/**
 * What the operator holds for another controller is seen under that one's instruction only. Where the policy itself says
 * what an actor may use a category for, that is the instruction: X51's technical purposes, to which `isRestricted` holds it.
 */
function lacksInstruction(look: KnownLook, { kind }: Actor): boolean {
  const { policy, item, purpose, instructed = [] } = look;
  if (!isForAnother(look)) return false;
  if (restrictionsOn(look, kind).length > 0) return false;
  return !isInstructed(policy, item, purpose, instructed);
}

function columnOf(
  actor: Exclude<Actor, { kind: 'SUBJECT' | 'AUDITOR' | 'ADMINISTRATOR' }>,
  capacity: Capacity,
): Column {
  if (actor.kind !== 'CONTROLLER_STAFF') return actor.kind;
  if (actor.organisationId !== null) return 'CUSTOMER';
  // Where the operator is only processor, its privacy staff are a processor's staff.
  return capacity === 'CONTROLLER' ? 'CONTROLLER_STAFF' : 'PROCESSOR_STAFF';
}

/** A policy may bind an actor to classes of purpose, and then only those of the item itself count (trap X51). */
function isRestricted(look: KnownLook, { kind }: Actor): boolean {
  const { policy, item, purpose } = look;
  const purposes = purpose === null ? [] : purposesFor(policy, item, purpose);
  return restrictionsOn(look, kind).some((rule) => !rule.classes.some((name) => includesClass(purposes, name)));
}

function restrictionsOn({ policy, item }: KnownLook, kind: ActorKind): Policy['restrictions'] {
  return policy.restrictions.filter(
    (rule) => rule.categories.includes(item.category) && rule.actors.some((each) => each === kind),
  );
}

function byCell(look: KnownLook, column: Column): Visibility {
  const cell: Cell = VISIBILITY[look.item.sensitivity][column];
  const purposes = look.purpose === null ? [] : purposesFor(look.policy, look.item, look.purpose);
  switch (cell) {
    case 'FULL':
    case 'CUSTOMERS':
      return CLEAR;
    case 'MASKED':
      return MASKED;
    case 'COUNT':
      return { kind: 'COUNT' };
    case 'GRANT':
      return hasGrant(look) ? CLEAR : { kind: 'GRANT_ONLY' };
    case 'PURPOSE':
      return purposes.length > 0 ? CLEAR : denied('PURPOSE_REQUIRED');
    case 'BILLING':
    case 'SECURITY':
      return includesClass(purposes, cell) ? CLEAR : denied('PURPOSE_REQUIRED');
    case 'MASKED_FOR':
      return purposes.length > 0 ? MASKED : denied('PURPOSE_REQUIRED');
    case 'TICKETS':
      return look.item.category === 'support' || look.item.category === 'communication' ? CLEAR : denied('WITHHELD');
    case 'OWN_NUMBER':
      return look.ownNumber === true ? CLEAR : denied('WITHHELD');
    case 'ROUTED':
      return denied('ROUTED');
    case 'DENY':
      return denied('WITHHELD');
    default:
      return cell satisfies never;
  }
}

/** A grant is its holder's, for the purpose asked, for these items, and ends. */
function hasGrant({ actor, grants, item, purpose, now }: KnownLook): boolean {
  return grants.some(
    (grant) =>
      grant.actorId === actorIdOf(actor) &&
      grant.purpose === purpose &&
      grant.expiresAt.getTime() > now.getTime() &&
      (grant.items.includes(item.item) || grant.items.includes(item.id)),
  );
}

function denied(reason: DenialReason): Visibility {
  return { kind: 'DENIED', reason };
}
