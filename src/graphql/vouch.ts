import { isReason, reasonOf, ticketOf } from '../access/reason.ts';
import { REQUEST_PURPOSE } from '../access/declaration.ts';
import { CarryallError } from '../errors.ts';
import { vouch, type Vouched } from '../requests/identity/vouch.ts';
import { builder } from './builder.ts';
import { change } from './mutate.ts';

const VouchStatusRef = builder.enumType('VouchStatus', {
  description: 'ONE_OF_TWO until a second person has said the same of the same person; then the request is PROVEN.',
  values: ['ONE_OF_TWO', 'PROVEN'] as const,
});

builder.mutationField('vouchIdentity', (t) =>
  t.field({
    type: VouchStatusRef,
    description:
      'Says that whoever filed a request is this person, who was not sent a code. Two people have to: the second is of the privacy staff, or an administrator.',
    args: {
      request: t.arg.id({ required: true }),
      subject: t.arg.id({ required: true }),
      reason: t.arg.string({
        required: true,
        description: 'How they showed it: ten characters or more, without what they showed. May name a ticket.',
      }),
    },
    resolve: (_root, { request, subject, reason: given }, context): Promise<Vouched['status']> =>
      change(context, { action: 'REQUEST', subjectId: subject }, async (writer) => {
        const reason = reasonOf(given);
        if (reason === null || !isReason(given))
          throw new CarryallError('BAD_INPUT', 'reason: wanted 10 to 500 characters.');
        const { code, version } = context.policy;
        const { status, entries } = await vouch(context.requests, writer, {
          tenantId: context.tenant.tenantId,
          requestId: request,
          subjectId: subject,
          by: context.actor,
          declared: { purpose: REQUEST_PURPOSE, reason, ticket: ticketOf(null, reason), policy: { code, version } },
        });
        return { result: status, entries };
      }),
  }),
);
