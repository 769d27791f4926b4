import { decideGrant, GRANT_STATUSES, LONGEST_GRANT_MINUTES, requestGrant, type GrantRow } from '../mandates/grants.ts';
import { listGrants } from '../mandates/list-grants.ts';
import { withSnapshot } from '../store/session.ts';
import { noting } from './admit.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { mutate, type Done } from './mutate.ts';
import { DEFAULT_PAGE, pageCost, pageRef, pageRequest } from './pages.ts';

const GrantStatusRef = builder.enumType('GrantStatus', {
  description:
    'ASKED until a second person decides or a day has passed (LAPSED); ACTIVE until it has ENDED by itself; or REFUSED.',
  values: GRANT_STATUSES,
});

const GrantRef = builder.objectRef<GrantRow>('AccessGrant').implement({
  description: 'Leave to see items of one person, for one purpose and a short time, or the wish for it.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    subjectId: t.exposeID('subjectId', { nullable: false }),
    askedBy: t.exposeString('holderId', { nullable: false, description: 'Who asked, and who alone may use it.' }),
    items: t.exposeStringList('items', { nullable: false }),
    purpose: t.exposeString('purpose', { nullable: false }),
    reason: t.exposeString('reason'),
    ticket: t.exposeString('ticket'),
    minutes: t.exposeInt('minutes', { nullable: false }),
    status: t.field({ type: GrantStatusRef, nullable: false, resolve: ({ status }) => status }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime', nullable: false }),
    decidedBy: t.exposeString('decidedBy'),
    decidedAt: t.expose('decidedAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
  }),
});

builder.mutationField('requestGrant', (t) =>
  t.field({
    type: GrantRef,
    description: 'Asks for leave to see items of a person; another person of the operator decides.',
    args: {
      subject: t.arg.id({ required: true }),
      items: t.arg.stringList({ required: true, description: 'Ids or names of items of the policy.' }),
      purpose: t.arg.string({ required: true }),
      reason: t.arg.string({
        required: true,
        description: 'Ten characters or more; may name a ticket: ticket:ABC-123.',
      }),
      minutes: t.arg.int({ required: true, description: `1 to ${LONGEST_GRANT_MINUTES}, from when it is approved.` }),
    },
    resolve: (_root, { subject, ...wish }, context) =>
      mutate(context, 'GRANT', subject, async (writer) =>
        done('ASKED', await requestGrant(writer, context.policy, context.actor, { ...wish, subjectId: subject })),
      ),
  }),
);

builder.mutationField('approveGrant', (t) =>
  t.field({
    type: GrantRef,
    description: 'Gives what was asked for; never to oneself. It begins at once and ends by itself.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => decide(context, id, 'APPROVED'),
  }),
);

builder.mutationField('refuseGrant', (t) =>
  t.field({
    type: GrantRef,
    description: 'Refuses what was asked for.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => decide(context, id, 'REFUSED'),
  }),
);

function decide(context: GatewayContext, id: string, decision: 'APPROVED' | 'REFUSED'): Promise<GrantRow> {
  return mutate(context, 'GRANT', null, async (writer) =>
    done(decision, await decideGrant(writer, context.actor, id, decision)),
  );
}

function done(step: 'ASKED' | 'APPROVED' | 'REFUSED', result: GrantRow): Done<GrantRow> {
  const { id, subjectId, items, purpose, reason, ticket, minutes } = result;
  return {
    result,
    entry: { subjectId, purpose, reason, ticket, detail: { step, grants: [id], items: [...items], minutes } },
  };
}

const GrantPageRef = pageRef('AccessGrantPage', GrantRef);

builder.queryField('grants', (t) =>
  t.field({
    type: GrantPageRef,
    description: "Grants and wishes for them, the newest first: one's own, or the operator's for those who decide.",
    args: { first: t.arg.int({ defaultValue: DEFAULT_PAGE }), after: t.arg.string() },
    complexity: pageCost,
    resolve: (_root, args, context) =>
      noting(context, { action: 'GRANT', subjectId: null }, async () => {
        const request = pageRequest(args);
        const page = await withSnapshot(context.pool, context.tenant.tenantId, (reader) =>
          listGrants(reader, context.actor, request),
        );
        return { ...page, resumed: request.after != null };
      }),
  }),
);
