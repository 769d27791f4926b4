import type { Scope } from '../catalogue/vocabulary.ts';
import { dispositionOf, type Disposition, type DispositionQuery } from '../policy/disposition.ts';
import { homeOf } from '../policy/home.ts';
import { includesClass, purposesFor, purposesNamed } from '../policy/purposes.ts';
import type { Item } from '../policy/schema.ts';
import { actorIdOf, type Actor, type Grant } from './actor.ts';
import { capacityOf, type Capacity } from './capacity.ts';
import { VISIBILITY, type Cell, type Column } from './visibility-table.ts';

/** Answering a data-subject request needs no purpose of the policy's: the law is the purpose (Art. 12, 15, 20). */
export const REQUEST_PURPOSE = 'DATA_SUBJECT_REQUEST';

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
  readonly grants: readonly Grant[];
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
  if (!isPurposeKnown(look, agentOrApp) || isRestricted(look, actor)) return denied('PURPOSE_REQUIRED');
  return byCell(look, column);
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

function isPurposeKnown({ policy, purpose }: KnownLook, agentOrApp: boolean): boolean {
  if (purpose === null) return false;
  return (!agentOrApp && purpose === REQUEST_PURPOSE) || purposesNamed(policy, purpose).length > 0;
}

/** A policy may bind an actor to classes of purpose, and then only those of the item itself count (trap X51). */
function isRestricted({ policy, item, purpose }: KnownLook, actor: Actor): boolean {
  const purposes = purpose === null ? [] : purposesFor(policy, item, purpose);
  return policy.restrictions
    .filter((rule) => rule.categories.includes(item.category) && rule.actors.some((kind) => kind === actor.kind))
    .some((rule) => !rule.classes.some((name) => includesClass(purposes, name)));
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
