import type { GraphQLResolveInfo } from 'graphql';
import { DELIVERY_LIMITS } from '../delivery/limits.ts';
import { CarryallError } from '../errors.ts';
import { fileRequest } from '../requests/file.ts';
import type { Filing } from '../requests/filing.ts';
import { noRequest, type RequestRow } from '../requests/read.ts';
import { cancel, retry, type Act } from '../requests/staff.ts';
import { REQUEST_RIGHTS } from '../requests/states.ts';
import { fileUnproven } from '../requests/unproven.ts';
import type { RequestDesk, Taken } from '../requests/write.ts';
import type { Writer } from '../store/session.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import type { Row } from './field-maker.ts';
import { change, type Changed } from './mutate.ts';
import { actOn, assertWorksRequests, reachRequest } from './request-access.ts';
import { requestRow } from './request-rows.ts';
import { DataSubjectRequest } from './requests.ts';
import { reachesSubject } from './subject-search.ts';

/** Does something with requests and gives the request as it then is. Throws what `work` throws. */
export async function changeRequest(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  subjectId: string | null,
  work: (writer: Writer) => Promise<Changed<RequestRow>>,
): Promise<Row | null> {
  return requestRow(context, info, await change(context, { action: 'REQUEST', subjectId }, work));
}

/** One step of a request, as what it changed. */
export async function asChanged(taken: Promise<Taken>): Promise<Changed<RequestRow>> {
  const { row, entry } = await taken;
  return { result: row, entries: [entry] };
}

builder.mutationField('fileRequest', (t) =>
  t.field({
    type: DataSubjectRequest.ref as never,
    description:
      "Files a request: one's own, or as the operator's privacy staff somebody's who has yet to prove who they are.",
    args: {
      right: t.arg.string({ required: true, description: `One of ${REQUEST_RIGHTS.join(', ')}.` }),
      format: t.arg.string({ description: 'Of a copy: ZIP, or JSON.' }),
      language: t.arg.string(),
      passphrase: t.arg.string({ description: 'Of a copy: whoever opens it will have to know this.' }),
      recipient: t.arg.string({ description: 'Of a copy: the age recipient to whom it is encrypted.' }),
      details: t.arg.string({ description: 'What is to be corrected, or to what one objects.' }),
      subject: t.arg.id({ description: 'For staff: whose request it is.' }),
      idempotencyKey: t.arg.string({ required: true, description: 'Asked again under this key, it is filed once.' }),
    },
    resolve: async (_root, { subject, idempotencyKey, ...asked }, context, info): Promise<never> => {
      const { format = null, language = null, passphrase = null, recipient = null, details = null } = asked;
      const wish = { right: asked.right, format, language, passphrase, recipient, details };
      const row = await changeRequest(context, info, subject ?? null, async (writer) => {
        const who = await filerOf(context, subject ?? null);
        if (who.channel === 'PORTAL') assertFresh(context);
        // Who files for somebody else has not proved that it is them.
        const file = who.channel === 'PORTAL' ? fileRequest : fileUnproven;
        const filed = await file(context.requests, writer, { ...who, wish, idempotencyKey });
        return { result: filed.row, entries: filed.entries };
      });
      return row as never;
    },
  }),
);

/** Whoever took over a session that was left open must not carry everything away. Throws STEP_UP_REQUIRED. */
export function assertFresh({ authenticatedAt, now, delivery }: GatewayContext): void {
  const { freshSeconds } = delivery?.limits ?? DELIVERY_LIMITS;
  if (now.getTime() - authenticatedAt.getTime() <= freshSeconds * 1000) return;
  throw new CarryallError('STEP_UP_REQUIRED', 'You signed in some time ago. Sign in again to ask for your data.');
}

/** Who files for whom. Throws FORBIDDEN, PURPOSE_REQUIRED, NOT_FOUND, and BAD_INPUT for staff who name nobody. */
async function filerOf(
  context: GatewayContext,
  subject: string | null,
): Promise<Omit<Filing, 'wish' | 'idempotencyKey'> & { readonly subjectId: string }> {
  const { actor: by, tenant } = context;
  const { declared } = actOn(context, '');
  const filer = { tenantId: tenant.tenantId, by, declared };
  if (by.kind === 'SUBJECT') {
    if (subject !== null && subject !== by.subjectId) throw noSubject();
    return { ...filer, subjectId: by.subjectId, channel: 'PORTAL' };
  }
  assertWorksRequests(context, subject);
  if (subject === null) throw new CarryallError('BAD_INPUT', 'Say whose request it is: subject.');
  if (!(await reachesSubject(context, subject))) throw noSubject();
  return { ...filer, subjectId: subject, channel: 'STAFF' };
}

function noSubject(): CarryallError {
  return new CarryallError('NOT_FOUND', 'No such subject.');
}

type Step = (desk: RequestDesk, writer: Writer, act: Act) => Promise<Taken>;

function stepOnOwn(context: GatewayContext, info: GraphQLResolveInfo, id: string, step: Step): Promise<Row | null> {
  return changeRequest(context, info, null, async (writer) => {
    await reachRequest(context, writer, id);
    return asChanged(step(context.requests, writer, actOn(context, id)));
  });
}

builder.mutationField('cancelRequest', (t) =>
  t.field({
    type: DataSubjectRequest.ref as never,
    description: "Takes one's own request back.",
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info): never => {
      if (context.actor.kind !== 'SUBJECT') throw noRequest();
      return stepOnOwn(context, info, id, cancel) as never;
    },
  }),
);

builder.mutationField('retryRequest', (t) =>
  t.field({
    type: DataSubjectRequest.ref as never,
    description:
      "Asks again for a copy that failed: one's own, or as the operator's privacy staff anybody's, also one that was recalled.",
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info): never => stepOnOwn(context, info, id, retry) as never,
  }),
);
