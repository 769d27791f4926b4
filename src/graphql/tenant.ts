import { builder } from './builder.ts';
import type { TenantRow } from './context.ts';
import { PolicyRef } from './policy.ts';

export const TenantRef = builder.objectRef<TenantRow>('Tenant').implement({
  description: 'The operator whose data you see.',
  fields: (t) => ({
    id: t.id({ nullable: false, resolve: ({ tenantId }) => tenantId }),
    name: t.exposeString('name', { nullable: false }),
    country: t.exposeString('country'),
    contact: t.exposeString('contact', { description: 'Where requests go when the policy does not say it.' }),
    policy: t.field({ type: PolicyRef, nullable: false, resolve: (_tenant, _args, { policy }) => policy }),
  }),
});

builder.queryField('tenant', (t) =>
  t.field({ type: TenantRef, nullable: false, resolve: (_root, _args, { tenant }) => tenant }),
);
