import { articlesOf, basesOf } from './bases.ts';
import { portabilityCodeOf, type PortabilityCode } from './eligibility.ts';
import { describeRetention, retentionOf, type Retention } from './retention.ts';
import { roleOf } from './routing.ts';
import type { Item, Policy, Recipient, Role } from './schema.ts';
import type { Article } from './words.ts';

/** What Art. 15(1)(a)-(d) and a manifest tell of an item. */
export interface ItemDescription {
  readonly id: string;
  readonly item: string;
  readonly clause: string;
  readonly quote: string;
  readonly category: string;
  readonly role: Role;
  readonly purposes: readonly { readonly id: string; readonly clause: string; readonly quote: string }[];
  readonly bases: readonly {
    readonly id: string;
    readonly articles: readonly Article[];
    readonly status: 'STATED' | 'ASSUMED' | 'CUSTOMERS_OWN';
    readonly quote: string | null;
  }[];
  readonly recipients: readonly DescribedRecipient[];
  readonly retention: { readonly text: string; readonly effective: Retention };
  readonly portability: PortabilityCode;
  readonly assumptions: readonly { readonly id: string; readonly text: string }[];
  readonly status: 'STATED' | 'ASSUMED';
}

/** A recipient as it may be printed; an unnamed one stays unnamed (trap X63). */
export interface DescribedRecipient {
  readonly id: string;
  readonly name: string;
  readonly named: boolean;
  readonly country: string | null;
  readonly safeguard: string | null;
  readonly dataShared: boolean;
}

/** Everything a policy says of one item, with every assumption that stands behind it. */
export function describeItem(policy: Policy, item: Item): ItemDescription {
  const role = roleOf(policy, item);
  const bases = basesOf(policy, item);
  const effective = retentionOf(policy, item);
  const assumed = new Set([
    ...item.assumptions,
    ...(role.assumption === undefined ? [] : [role.assumption]),
    ...bases.flatMap((basis) => (basis.status === 'ASSUMED' ? [basis.assumption] : [])),
    ...effective.rules.flatMap((rule) => rule.assumptions),
  ]);
  return {
    id: item.id,
    item: item.item,
    clause: item.clause,
    quote: item.quote,
    category: item.category,
    role,
    purposes: policy.purposes
      .filter((purpose) => item.purposes.includes(purpose.id))
      .map(({ id, clause, quote }) => ({ id, clause, quote })),
    bases: bases.map((basis) => ({
      id: basis.id,
      articles: articlesOf(basis, item),
      status: basis.status,
      quote: basis.status === 'ASSUMED' ? null : basis.quote,
    })),
    recipients: policy.recipients.filter((recipient) => item.recipients.includes(recipient.id)).map(describeRecipient),
    retention: { text: describeRetention(effective), effective },
    portability: portabilityCodeOf(policy, item),
    assumptions: policy.assumptions.filter((assumption) => assumed.has(assumption.id)),
    status: assumed.size > 0 ? 'ASSUMED' : 'STATED',
  };
}

/** A recipient, named or as a category. */
export function describeRecipient(recipient: Recipient): DescribedRecipient {
  const { id, country, safeguard, dataShared } = recipient;
  const named = recipient.status === 'NAMED';
  return { id, name: named ? recipient.name : recipient.category, named, country, safeguard, dataShared };
}
