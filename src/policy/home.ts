import { roleOf } from './routing.ts';
import type { Item, Policy } from './schema.ts';

/** Where an item lives; only COLUMN needs a column of the catalogue. */
export type Home =
  | 'COLUMN'
  | 'SECRET'
  | 'FORBIDDEN'
  | 'NOT_INTENDED'
  | 'DEVICE'
  | 'THIRD_PARTY'
  | 'TRANSIENT'
  | 'ANONYMOUS'
  | 'COPY';

/** Derived from what the policy says of the item, never declared twice. */
export function homeOf(policy: Policy, item: Item): Home {
  // Special categories (CT-33) are forbidden and nevertheless the controller's to hear of, so this comes first.
  if (item.stored === 'NOT_INTENDED') return 'NOT_INTENDED';
  if (item.sensitivity === 'SECRET_NEVER') return 'SECRET';
  if (item.sensitivity === 'FORBIDDEN' || item.stored === 'NOT_STORED') return 'FORBIDDEN';
  switch (item.stored) {
    case 'CLIENT_ONLY':
      return 'DEVICE';
    case 'EXTERNAL':
      // A processor may hold a copy for its customer (CT-24, CT-25): then the instruction decides, not a referral.
      return roleOf(policy, item).holder === 'PROCESSOR' ? 'COLUMN' : 'THIRD_PARTY';
    case 'TRANSIENT':
      return 'TRANSIENT';
    case 'ANONYMOUS':
      return 'ANONYMOUS';
    case 'COPY':
      return 'COPY';
    case 'STORED':
    case 'REFERENCE':
    case 'UNKNOWN':
      return 'COLUMN';
    default:
      return item.stored satisfies never;
  }
}
