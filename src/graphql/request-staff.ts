import type { GraphQLResolveInfo } from 'graphql';
import { extend } from '../requests/clock.ts';
import { REFUSAL_GROUNDS, type RefusalGround } from '../requests/refusals.ts';
import { reviewDecision, REVIEWS } from '../requests/reviews.ts';
import { answerByHand, approve, forward, refuse, type Act } from '../requests/staff.ts';
import type { RequestDesk, Taken } from '../requests/write.ts';
import type { Writer } from '../store/session.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { actOn, assertWorksRequests } from './request-access.ts';
import { asChanged, changeRequest } from './request-mutations.ts';
import { DataSubjectRequest } from './requests.ts';

/** What the operator's privacy staff do with requests. */
function work(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  id: string,
  step: (desk: RequestDesk, writer: Writer, act: Act) => Promise<Taken>,
): never {
  return changeRequest(context, info, null, (writer) => {
    assertWorksRequests(context);
    return asChanged(step(context.requests, writer, actOn(context, id)));
  }) as never;
}

const RefusalGroundRef = builder.enumType('RefusalGround', {
  description: 'Why a request is refused.',
  values: Object.fromEntries(
    Object.entries(REFUSAL_GROUNDS).map(([ground, article]) => [ground, { description: article }]),
  ) as Readonly<Record<RefusalGround, { readonly description: string }>>,
});

const DecisionReviewRef = builder.enumType('DecisionReview', {
  description: 'Who answers for what the policy leaves open.',
  values: REVIEWS,
});

const type = DataSubjectRequest.ref as never;

builder.mutationField('approveRequest', (t) =>
  t.field({
    type,
    description: 'Has a request built that waited for a review or an instruction.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info) => work(context, info, id, approve),
  }),
);

builder.mutationField('forwardRequest', (t) =>
  t.field({
    type,
    description: 'Passes a request on to the controller who answers for it.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info) => work(context, info, id, forward),
  }),
);

builder.mutationField('refuseRequest', (t) =>
  t.field({
    type,
    description: 'Refuses a request; the person is told the ground, the reasons and what they can do (Art. 12(4)).',
    args: {
      id: t.arg.id({ required: true }),
      ground: t.arg({ type: RefusalGroundRef, required: true }),
      answer: t.arg.string({ required: true, description: 'The reasons, for the person.' }),
    },
    resolve: (_root, { id, ...refusal }, context, info) =>
      work(context, info, id, (desk, writer, act) => refuse(desk, writer, act, refusal)),
  }),
);

builder.mutationField('extendRequest', (t) =>
  t.field({
    type,
    description: 'Gives a request two further months; once, inside its first month (Art. 12(3)).',
    args: {
      id: t.arg.id({ required: true }),
      reason: t.arg.string({ required: true, description: 'Why, for the person.' }),
    },
    resolve: (_root, { id, reason }, context, info) =>
      work(context, info, id, (desk, writer, act) => extend(desk, writer, act, reason)),
  }),
);

builder.mutationField('answerRequest', (t) =>
  t.field({
    type,
    description: 'Answers a request that is no copy, or a copy by hand that failed or was recalled.',
    args: {
      id: t.arg.id({ required: true }),
      answer: t.arg.string({ required: true, description: 'For the person.' }),
    },
    resolve: (_root, { id, answer }, context, info) =>
      work(context, info, id, (desk, writer, act) => answerByHand(desk, writer, act, answer)),
  }),
);

builder.mutationField('reviewDecision', (t) =>
  t.field({
    type,
    description:
      'Settles who answers for what the policy leaves open. Gives the request, which still is to be approved or forwarded.',
    args: { id: t.arg.id({ required: true }), review: t.arg({ type: DecisionReviewRef, required: true }) },
    resolve: (_root, { id: decisionId, review }, context, info): never => {
      const { tenantId, declared } = actOn(context, '');
      const reviewing = { tenantId, declared, by: context.actor, decisionId, review };
      return changeRequest(context, info, null, (writer) => {
        assertWorksRequests(context);
        return asChanged(reviewDecision(context.requests, writer, reviewing));
      }) as never;
    },
  }),
);
