import { actorIdOf } from '../access/actor.ts';
import { CarryallError } from '../errors.ts';
import {
  createEndpoint,
  listEndpoints,
  MOST_ENDPOINTS,
  pauseEndpoint,
  rotateSecret,
  WEBHOOK_KINDS,
  type EndpointDesk,
  type EndpointRow,
  type EndpointWithSecret,
} from '../notices/endpoints.ts';
import { withSnapshot, type Writer } from '../store/session.ts';
import { noting } from './admit.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { mutate } from './mutate.ts';

const EndpointRef = builder.objectRef<EndpointRow>('Webhook').implement({
  description: "Where the operator's own systems hear of events. They are told ids and states, and no personal data.",
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    url: t.exposeString('url', { nullable: false }),
    kinds: t.exposeStringList('kinds', { nullable: false }),
    createdAt: t.expose('createdAt', { type: 'DateTime', nullable: false }),
    createdBy: t.exposeString('createdBy', { nullable: false }),
    failures: t.exposeInt('failures', { nullable: false, description: 'Failures in a row.' }),
    pausedAt: t.expose('pausedAt', {
      type: 'DateTime',
      description: 'Set when it failed too often, or by an administrator. Nothing is sent while it is.',
    }),
    previousSecretEndsAt: t.expose('previousEndsAt', {
      type: 'DateTime',
      description: 'Until when the secret before the present one signs as well.',
    }),
  }),
});

const NewSecretRef = builder.objectRef<EndpointWithSecret>('NewWebhookSecret').implement({
  description: 'An endpoint with its secret, which is shown this once.',
  fields: (t) => ({
    endpoint: t.field({ type: EndpointRef, nullable: false, resolve: ({ endpoint }) => endpoint }),
    secret: t.exposeString('secret', {
      nullable: false,
      description: 'whsec_…, with which each message is signed as standardwebhooks.com says.',
    }),
  }),
});

builder.mutationField('createWebhookEndpoint', (t) =>
  t.field({
    type: NewSecretRef,
    description: `Tells events to a system at an https address of the world; at most ${MOST_ENDPOINTS} of them.`,
    args: {
      url: t.arg.string({ required: true }),
      kinds: t.arg.stringList({ required: true, description: `One or more of ${WEBHOOK_KINDS.join(', ')}.` }),
    },
    resolve: (_root, wish, context) =>
      change(context, 'ENDPOINT_MADE', async (desk, writer) => {
        const by = actorIdOf(context.actor);
        const result = await createEndpoint(desk, writer, { ...wish, tenantId: context.tenant.tenantId, by });
        return { result, id: result.endpoint.id };
      }),
  }),
);

builder.mutationField('rotateWebhookSecret', (t) =>
  t.field({
    type: NewSecretRef,
    description: 'Gives an endpoint another secret. For a day both sign, so that the receiver can change over.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      change(context, 'ENDPOINT_SECRET_ROTATED', async (desk, writer) => {
        const result = await rotateSecret(desk, writer, context.tenant.tenantId, id);
        return { result, id };
      }),
  }),
);

builder.mutationField('pauseWebhookEndpoint', (t) =>
  t.field({
    type: EndpointRef,
    description: 'Sends nothing more there. What it misses within three days waits for it.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => setPaused(context, id, true),
  }),
);

builder.mutationField('resumeWebhookEndpoint', (t) =>
  t.field({
    type: EndpointRef,
    description: 'Sends there again, beginning with what has waited.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => setPaused(context, id, false),
  }),
);

builder.queryField('webhookEndpoints', (t) =>
  t.field({
    type: [EndpointRef],
    nullable: { list: true, items: false },
    description: "The operator's endpoints, the newest first.",
    complexity: { field: 2, multiplier: MOST_ENDPOINTS },
    resolve: (_root, _args, context) =>
      noting(context, { action: 'CONFIGURATION', subjectId: null }, () => {
        assertAdministrator(context);
        return withSnapshot(context.pool, context.tenant.tenantId, (reader) =>
          listEndpoints(reader, context.tenant.tenantId),
        );
      }),
  }),
);

function setPaused(context: GatewayContext, id: string, paused: boolean): Promise<EndpointRow> {
  const { tenantId } = context.tenant;
  return change(context, paused ? 'ENDPOINT_PAUSED' : 'ENDPOINT_RESUMED', async (desk, writer) => ({
    result: await pauseEndpoint(desk, writer, { tenantId, id, paused }),
    id,
  }));
}

/** Changes an endpoint with its entry in the audit log; what lies at the address is told to nobody by it. */
function change<T>(
  context: GatewayContext,
  step: string,
  work: (desk: EndpointDesk, writer: Writer) => Promise<{ readonly result: T; readonly id: string }>,
): Promise<T> {
  return mutate(context, 'CONFIGURATION', null, async (writer) => {
    assertAdministrator(context);
    if (context.endpoints === null) throw new CarryallError('NOT_FOUND', 'This gateway sends no webhooks.');
    const { result, id } = await work(context.endpoints, writer);
    return { result, entry: { detail: { step, endpoint: id } } };
  });
}

/** Where events go is how the operator is set up: a matter of its administrators and nobody else. */
function assertAdministrator({ actor }: GatewayContext): void {
  if (actor.kind === 'ADMINISTRATOR') return;
  throw new CarryallError('FORBIDDEN', 'Webhooks are made and kept by administrators.');
}
