import type { Policy } from '../../policy/schema.ts';
import { rightTerms } from '../dpv/classify.ts';
import { typed } from '../dpv.ts';

/** Rights that Art. 15(1)(e)-(f) and Art. 20 make part of the answer even where a policy passes over them. */
const OWED: ReadonlySet<string> = new Set([
  'ACCESS',
  'RECTIFICATION',
  'ERASURE',
  'RESTRICTION',
  'PORTABILITY',
  'OBJECTION',
  'COMPLAINT',
]);

/**
 * The rights: first-hand, in the words and by the clause of the policy; or, where it is silent, as the statute has them,
 * marked so and without any clause (trap X08). None is read from a heading that promises more than its list (trap X58).
 */
export function rightsOf({ rights }: Policy): object[] {
  return rights.flatMap(({ right, article, stated }): object[] => {
    const terms = rightTerms(right);
    if (stated !== null) {
      const { clause, quote, printedArticle } = stated;
      return [
        typed(terms, {
          right,
          article,
          stated: true,
          basis: 'POLICY',
          clause,
          quote,
          printedArticle: printedArticle ?? null,
        }),
      ];
    }
    if (!OWED.has(right)) return [];
    return [
      typed(terms, {
        right,
        article,
        stated: false,
        basis: 'STATUTORY',
        text: 'not stated in policy; the GDPR grants it',
      }),
    ];
  });
}

/** Whom else to ask: parties that the policy names as answering for a part, whether or not anything of that part is held. */
export function otherControllersOf({ routing }: Policy): object[] {
  const others = routing.flatMap(({ route, clause, quote }) => {
    switch (route.kind) {
      case 'FORWARD':
        return [{ party: route.to, clause, quote: quote ?? null }];
      case 'PROCESSOR':
        return [{ party: route.controller, clause, quote: quote ?? null }];
      case 'NEEDS_REVIEW':
        return [{ party: route.proposedController, clause, quote: quote ?? null }];
      case 'REFER':
        return [{ party: route.party, clause, quote: quote ?? null }];
      case 'CONTROLLER':
        return [];
      default:
        return route satisfies never;
    }
  });
  return [...new Map(others.map((each) => [`${each.party} ${each.clause}`, each])).values()];
}
