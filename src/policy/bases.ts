import type { Basis, Item, Policy } from './schema.ts';
import type { Article } from './words.ts';

/** The grounds of an item under Art. 6(1), and whether any of them is an assumption. */
export interface Grounds {
  readonly articles: ReadonlySet<Article>;
  readonly assumed: boolean;
}

/** The bases of an item, in the order of the policy. */
export function basesOf(policy: Policy, item: Item): readonly Basis[] {
  return policy.bases.filter((basis) => item.bases.includes(basis.id));
}

/** The articles on which the processing of an item rests. */
export function groundsOf(policy: Policy, item: Item): Grounds {
  const bases = basesOf(policy, item);
  return {
    articles: new Set(bases.flatMap((basis) => articlesOf(basis, item))),
    assumed: bases.some((basis) => basis.status === 'ASSUMED'),
  };
}

/** The articles that one basis contributes for an item; the customer's own ground is not ours to name. */
export function articlesOf(basis: Basis, item: Item): readonly Article[] {
  switch (basis.status) {
    case 'STATED':
      return basis.articles;
    case 'ASSUMED': {
      const assumed = item.purposes.flatMap((purpose) => basis.byPurpose[purpose] ?? []);
      return assumed.length > 0 ? assumed : basis.otherwise;
    }
    case 'CUSTOMERS_OWN':
      return [];
    default:
      return basis satisfies never;
  }
}
