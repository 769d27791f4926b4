import { itemOf, loadPolicies, PolicyBook } from '../src/policy/book.ts';

/**
 * No shipped policy names all five domains that the bench asks for, so this is CallerPlugins' with one item more: support
 * tickets, in the same role as account data.
 */
export function queryPolicies(): PolicyBook {
  const policy = loadPolicies().policyOf('CP');
  const like = itemOf(policy, 'account.email');
  if (like === null) throw new TypeError('The policy names no e-mail any more.');
  const tickets = {
    ...like,
    id: 'CP-BENCH',
    item: 'ticket.record',
    category: 'support',
    sensitivity: 'COMMS_CONTENT',
  } as const;
  return new PolicyBook([{ ...policy, items: [...policy.items, tickets] }]);
}
