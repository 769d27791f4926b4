import type { Provenance, Relation } from '../catalogue/vocabulary.ts';
import { groundsOf } from './bases.ts';
import { homeOf } from './home.ts';
import { retentionOf } from './retention.ts';
import { roleOf } from './routing.ts';
import type { Item, Policy } from './schema.ts';
import type { AccessOnlyReason } from './words.ts';

/** Under which right an item is owed, once the operator answers for it as controller. */
export type Eligibility =
  | {
      readonly article: '15+20';
      /** Art. 20 ends with the contract, when only the legal obligation to keep the record is left. */
      readonly whileContract: boolean;
    }
  | { readonly article: '15'; readonly reason: AccessOnlyReason };

/** What the verdict depends on besides the policy. */
export interface EligibilityContext {
  readonly relation: Relation;
  /** The provenance of the row, where it is known better than the item's. */
  readonly provenance?: Provenance | null | undefined;
}

/**
 * Art. 20(1): provided or observed, automated, on consent or contract. Observed use counts as provided,
 * what was derived or inferred does not (WP242 rev.01, pp. 9-11). Everything else is owed under Art. 15 alone.
 */
export function eligibilityOf(policy: Policy, item: Item, context: EligibilityContext): Eligibility {
  if (item.portability !== undefined) return item.portability;
  if (roleOf(policy, item).holder === 'UNDECIDED') return accessOnly('CONTROLLER_UNDECIDED');
  const unfit = provenanceReason(provenanceOf(item, context));
  if (unfit !== null) return accessOnly(unfit);

  const { articles } = groundsOf(policy, item);
  const consent = articles.has('6(1)(a)');
  const contract = articles.has('6(1)(b)');
  // The other party of a call has no contract with the operator, so Art. 6(1)(b) is not that person's basis.
  if (contract && !consent && context.relation === 'CALL_COUNTERPARTY') return accessOnly('NO_CONTRACT_WITH_SUBJECT');
  if (consent || contract) {
    return { article: '15+20', whileContract: !consent && articles.has('6(1)(c)') && isKeptByLaw(policy, item) };
  }
  if (articles.has('6(1)(f)')) return accessOnly('LEGITIMATE_INTEREST');
  return accessOnly(articles.has('6(1)(c)') ? 'LEGAL_OBLIGATION' : 'NO_ELIGIBLE_BASIS');
}

/** Why a provenance takes a value out of Art. 20, or null when it does not. */
export function provenanceReason(provenance: Provenance | undefined): AccessOnlyReason | null {
  switch (provenance) {
    case 'PROVIDED':
    case 'OBSERVED':
      return null;
    case 'PROVIDED_BY_OTHER':
    case 'RECEIVED':
    case 'DERIVED':
    case 'INFERRED':
    case 'GENERATED':
      return provenance;
    case undefined:
      return 'NO_ELIGIBLE_BASIS';
    default:
      return provenance satisfies never;
  }
}

/** The provenance that counts: the row's, else the relation's, else the item's. */
export function provenanceOf(item: Item, { relation, provenance }: EligibilityContext): Provenance | undefined {
  return provenance ?? item.provenanceFor?.[relation] ?? item.provenance;
}

/** True when the value may be about someone else as well (Art. 20(4)): delivered for own use, and flagged. */
export function isThirdParty(item: Item): boolean {
  switch (item.sensitivity) {
    case 'THIRD_PARTY':
    case 'COMMS_CONTENT':
    case 'AUDIO':
      return true;
    case 'PERSONAL':
    case 'ORG':
    case 'FINANCIAL':
    case 'FINANCIAL_REF':
    case 'NETWORK_ID':
    case 'INFERENCE':
    case 'AGGREGATE':
    case 'CREDENTIAL_HOLDER':
    case 'SECRET_NEVER':
    case 'FORBIDDEN':
      return item.thirdParty ?? false;
    default:
      return item.sensitivity satisfies never;
  }
}

/** The verdict on an item in one word, as manifests and schemas print it. */
export type PortabilityCode =
  | 'YES'
  | 'YES_20_4'
  | 'YES_WHILE_CONTRACT'
  | 'YES_UNSTATED'
  | 'YES_ASSUMED'
  | 'ART15'
  | 'ART15_CTX'
  | 'ROUTE'
  | 'REFER'
  | 'NEVER'
  | 'NA';

/** The verdict towards one relation, by default the person who holds the account. */
export function portabilityCodeOf(policy: Policy, item: Item, relation: Relation = 'ACCOUNT_HOLDER'): PortabilityCode {
  switch (homeOf(policy, item)) {
    case 'NOT_INTENDED':
      return 'ROUTE';
    case 'SECRET':
    case 'FORBIDDEN':
      return 'NEVER';
    case 'ANONYMOUS':
      return 'NA';
    case 'DEVICE':
    case 'THIRD_PARTY':
      return 'REFER';
    default:
  }
  if (roleOf(policy, item).holder === 'PROCESSOR') return 'ROUTE';
  const eligibility = eligibilityOf(policy, item, { relation });
  if (eligibility.article === '15') return item.context === true ? 'ART15_CTX' : 'ART15';
  if (eligibility.whileContract) return 'YES_WHILE_CONTRACT';
  if (!isRightStated(policy, 'PORTABILITY')) return 'YES_UNSTATED';
  if (isThirdParty(item)) return 'YES_20_4';
  return groundsOf(policy, item).assumed ? 'YES_ASSUMED' : 'YES';
}

/** True when the policy itself grants the right; the statute grants it either way (trap X08). */
export function isRightStated(policy: Policy, right: 'ACCESS' | 'PORTABILITY'): boolean {
  return policy.rights.some((entry) => entry.right === right && entry.stated !== null);
}

/** A record that the law makes the operator keep: under a rule of law, or of money where no rule is computable. */
function isKeptByLaw(policy: Policy, item: Item): boolean {
  const retention = retentionOf(policy, item);
  return (retention.kind === 'COMPUTABLE' && retention.legalObligation !== null) || item.sensitivity === 'FINANCIAL';
}

function accessOnly(reason: AccessOnlyReason): Eligibility {
  return { article: '15', reason };
}
