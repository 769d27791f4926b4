import type { Provenance, Relation, Scope } from '../catalogue/vocabulary.ts';
import { groundsOf } from './bases.ts';
import {
  eligibilityOf,
  isRightStated,
  isThirdParty,
  provenanceOf,
  provenanceReason,
  type Eligibility,
} from './eligibility.ts';
import { homeOf } from './home.ts';
import { roleOf, routingRuleOf } from './routing.ts';
import type { Item, Policy, RoutingRule } from './schema.ts';
import type { AccessOnlyReason } from './words.ts';

/** A controller's documented instruction to the operator as processor (Art. 28(3)(a)), if valid now. */
export interface Instruction {
  readonly exportAllowed: boolean;
  /** The controller on whose behalf the operator acts, as the manifest names it. */
  readonly onBehalfOf?: string | undefined;
  /** Scopes and items the instruction covers; absent means all. */
  readonly scopes?: readonly Scope[] | undefined;
  readonly items?: readonly string[] | undefined;
}

export type CallParty = 'CALLER' | 'CALLEE';

/** All that decides what a bundle does with an item. */
export interface DispositionQuery {
  readonly policy: Policy;
  readonly item: Item;
  readonly relation: Relation;
  readonly scope: Scope;
  readonly instruction: Instruction | null;
  readonly contractAlive: boolean;
  /** Provenance of the row, where it differs from the item's: a message by an agent is GENERATED. */
  readonly provenance?: Provenance | null | undefined;
  /** Whose voices an audio file holds (trap X48), and which party the subject was. */
  readonly recordedParties?: CallParty | 'BOTH' | null | undefined;
  readonly subjectParty?: CallParty | undefined;
  /** Set once a recorded review has decided a NEEDS_REVIEW route: the operator answers as controller. */
  readonly review?: 'OPERATOR_IS_CONTROLLER' | null | undefined;
}

export type WithholdReason =
  | AccessOnlyReason
  | 'RELATION_NOT_IN_POLICY'
  | 'ABOUT_ANOTHER_PERSON'
  | 'NOT_A_RECORDED_PARTY'
  | 'NOT_KEPT'
  | 'COPY_ONLY';

/** What is said of data that leave. */
export interface Release {
  readonly article: '15' | '15+20';
  readonly role: 'CONTROLLER' | 'PROCESSOR';
  readonly onBehalfOf: string | null;
  readonly thirdParty: boolean;
  /** True when rows whose value is not the subject's own identifier must be redacted. */
  readonly ownValueOnly: boolean;
  readonly rightBasis: 'POLICY' | 'STATUTORY';
  readonly policyStated: boolean;
  readonly status: 'STATED' | 'ASSUMED';
}

export type Disposition =
  | ({ readonly kind: 'INCLUDE' } & Release)
  | ({ readonly kind: 'CONTEXT'; readonly reason: AccessOnlyReason } & Release)
  | { readonly kind: 'WITHHOLD'; readonly reason: WithholdReason }
  | {
      readonly kind: 'ROUTE';
      readonly to: string;
      readonly status: 'INSTRUCTION_REQUIRED' | 'FORWARD' | 'NEEDS_REVIEW';
      readonly clause: string;
    }
  | { readonly kind: 'REFER'; readonly where: 'DEVICE' | 'THIRD_PARTY'; readonly party: string }
  | { readonly kind: 'NEVER'; readonly reason: 'SECRET' | 'FORBIDDEN' | 'ANONYMOUS' };

/** What a bundle does with an item: first whether it may ever leave, then who answers for it, then by which right. */
export function dispositionOf(query: DispositionQuery): Disposition {
  const { policy, item, relation } = query;
  const home = homeOf(policy, item);
  const role = roleOf(policy, item);
  switch (home) {
    case 'SECRET':
    case 'FORBIDDEN':
    case 'ANONYMOUS':
      return { kind: 'NEVER', reason: home };
    case 'NOT_INTENDED':
      // No instruction releases special categories (Art. 9): the controller is told and decides.
      return { kind: 'ROUTE', to: role.controller, status: 'INSTRUCTION_REQUIRED', clause: item.clause };
    case 'DEVICE':
    case 'THIRD_PARTY':
      return { kind: 'REFER', where: home, party: role.controller };
    case 'COLUMN':
    case 'TRANSIENT':
    case 'COPY':
      break;
    default:
      return home satisfies never;
  }

  const rule = routingRuleOf(policy, item, relation);
  if (rule === null) return { kind: 'WITHHOLD', reason: 'RELATION_NOT_IN_POLICY' };
  const { route, clause } = rule;
  switch (route.kind) {
    case 'FORWARD':
      return { kind: 'ROUTE', to: route.to, status: 'FORWARD', clause };
    case 'REFER':
      return { kind: 'REFER', where: route.where, party: route.party };
    case 'NEEDS_REVIEW':
      if (query.review !== 'OPERATOR_IS_CONTROLLER')
        return { kind: 'ROUTE', to: route.proposedController, status: 'NEEDS_REVIEW', clause };
      break;
    case 'PROCESSOR':
      if (!covers(query.instruction, query))
        return { kind: 'ROUTE', to: route.controller, status: 'INSTRUCTION_REQUIRED', clause };
      break;
    case 'CONTROLLER':
      break;
    default:
      return route satisfies never;
  }

  if (home === 'TRANSIENT') return { kind: 'WITHHOLD', reason: 'NOT_KEPT' };
  if (home === 'COPY') return { kind: 'WITHHOLD', reason: 'COPY_ONLY' };
  if (item.about !== undefined && item.about !== relation) return { kind: 'WITHHOLD', reason: 'ABOUT_ANOTHER_PERSON' };
  if (!isRecorded(query)) return { kind: 'WITHHOLD', reason: 'NOT_A_RECORDED_PARTY' };
  return byRight(query, rule);
}

function byRight(query: DispositionQuery, rule: RoutingRule): Disposition {
  const { item, scope } = query;
  const eligibility = verdict(query, rule);
  const release = releaseOf(query, rule, eligibility.article);
  if (eligibility.article === '15' && scope === 'PORTABILITY') {
    return item.context === true
      ? { kind: 'CONTEXT', reason: eligibility.reason, ...release }
      : { kind: 'WITHHOLD', reason: eligibility.reason };
  }
  return { kind: 'INCLUDE', ...release };
}

/** A processor acts on its controller's ground, so only the provenance is left to judge. */
function verdict(query: DispositionQuery, rule: RoutingRule): Eligibility {
  const { policy, item } = query;
  if (rule.route.kind === 'PROCESSOR') {
    const reason = provenanceReason(provenanceOf(item, query));
    return reason === null ? { article: '15+20', whileContract: false } : { article: '15', reason };
  }
  const eligibility = eligibilityOf(policy, item, query);
  const ended = eligibility.article === '15+20' && eligibility.whileContract && !query.contractAlive;
  return ended ? { article: '15', reason: 'LEGAL_OBLIGATION' } : eligibility;
}

function releaseOf(query: DispositionQuery, rule: RoutingRule, article: Release['article']): Release {
  const { policy, item, relation, scope, instruction } = query;
  const policyStated = isRightStated(policy, scope);
  const assumed =
    item.assumptions.length > 0 ||
    rule.assumption !== undefined ||
    roleOf(policy, item).assumption !== undefined ||
    groundsOf(policy, item).assumed;
  const thirdParty = isThirdParty(item);
  return {
    article,
    role: rule.route.kind === 'PROCESSOR' ? 'PROCESSOR' : 'CONTROLLER',
    onBehalfOf: rule.route.kind === 'PROCESSOR' ? (instruction?.onBehalfOf ?? rule.route.controller) : null,
    thirdParty,
    ownValueOnly: thirdParty && relation === 'CALL_COUNTERPARTY',
    rightBasis: policyStated ? 'POLICY' : 'STATUTORY',
    policyStated,
    status: assumed ? 'ASSUMED' : 'STATED',
  };
}

/** True when a valid instruction covers this item in this scope. */
function covers(instruction: Instruction | null, { item, scope }: Pick<DispositionQuery, 'item' | 'scope'>): boolean {
  return (
    instruction?.exportAllowed === true &&
    (instruction.scopes?.includes(scope) ?? true) &&
    (instruction.items === undefined || instruction.items.includes(item.id) || instruction.items.includes(item.item))
  );
}

/** Trap X48: audio is the subject's only when the subject's own voice is in it. */
function isRecorded({ item, relation, recordedParties, subjectParty }: DispositionQuery): boolean {
  if (item.sensitivity !== 'AUDIO' || recordedParties === undefined || recordedParties === null) return true;
  const party = subjectParty ?? (relation === 'CALL_COUNTERPARTY' ? 'CALLEE' : 'CALLER');
  return recordedParties === 'BOTH' || recordedParties === party;
}
