import { visibilityOf } from '../access/visibility.ts';
import type { ItemName } from '../catalogue/items.ts';
import { itemOf } from '../policy/book.ts';
import { builder } from './builder.ts';

/** No row stands behind it: each field says why it is null, and no value is made up. */
export const ExtensionStateRef = builder.objectRef<object>('ExtensionState');

builder.objectType(ExtensionStateRef, {
  description: 'State that a browser extension or the memory of a server keeps, and the gateway does not.',
  fields: (t) => {
    const absent = (type: 'String' | 'Int' | 'DateTime', name: ItemName) =>
      t.field({
        type,
        description: `Personal data: ${name}. Never held here.`,
        resolve: (_state, _args, { policy, actor, purpose, grants, now, privacy }, info) => {
          const item = itemOf(policy, name);
          const look = {
            policy,
            item,
            relation: 'ACCOUNT_HOLDER',
            actor,
            purpose,
            grants,
            now,
            own: true,
            instruction: null,
            contractAlive: true,
          } as const;
          const visibility = visibilityOf(look);
          return privacy.withhold(
            info,
            item?.id ?? name,
            visibility.kind === 'DENIED' ? visibility.reason : 'NOT_COLLECTED',
          );
        },
      });
    return {
      licenseStatus: absent('String', 'extension.licenseStatus'),
      dailyCallCount: absent('Int', 'extension.callCount'),
      dailyResetAt: absent('DateTime', 'extension.dailyResetAt'),
      rateLimitCounter: absent('Int', 'ratelimit.counter'),
    };
  },
});
