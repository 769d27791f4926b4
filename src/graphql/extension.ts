import type { ItemName } from '../catalogue/items.ts';
import { builder } from './builder.ts';
import type { Shown } from './field-maker.ts';
import { sightOfAbsent } from './sight.ts';

/** No row stands behind it: each field says why it is null, and no value is made up. */
export const ExtensionStateRef = builder.objectRef<object>('ExtensionState');

builder.objectType(ExtensionStateRef, {
  description: 'State that a browser extension or the memory of a server keeps, and the gateway does not.',
  fields: (t) => {
    const absent = (type: 'String' | 'Int' | 'DateTime', name: ItemName) =>
      t.field({
        type,
        description: `Personal data: ${name}. Never held here.`,
        extensions: { shows: { absent: name } satisfies Shown },
        resolve: (_state, _args, context, info) => {
          const { item, visibility } = sightOfAbsent(context, name);
          return context.privacy.withhold(info, item, visibility.kind === 'DENIED' ? visibility.reason : 'WITHHELD');
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
