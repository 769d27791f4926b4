import type { GraphQLResolveInfo } from 'graphql';
import type { Actor } from '../access/actor.ts';
import { removeObjects } from '../delivery/expire.ts';
import { createLink, linksOf, linkUrl, revokeLink, type DownloadLinkRow } from '../delivery/links.ts';
import { downloadsOf, recall, type DownloadRow, type Recalled } from '../delivery/recall.ts';
import type { DeliveryDesk } from '../delivery/desk.ts';
import { CarryallError } from '../errors.ts';
import { withSnapshot, type Reader } from '../store/session.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import type { Row } from './field-maker.ts';
import { frameOf } from './frames.ts';
import { mutate } from './mutate.ts';
import { readRelatedRows } from './related-rows.ts';
import { assertWorksRequests } from './request-access.ts';
import { PortabilityBundle } from './requests.ts';
import { framed, rowsOf } from './rows.ts';
import { selectionOf } from './selection.ts';
import { personOf } from './subjects.ts';

const DownloadLinkRef = builder.objectRef<DownloadLinkRow>('DownloadLink').implement({
  description: 'A link to one bundle for one person, good for one whole download until it ends.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    bundleId: t.exposeID('bundleId', { nullable: false }),
    createdAt: t.expose('createdAt', { type: 'DateTime', nullable: false }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: false }),
    usedAt: t.expose('usedAt', { type: 'DateTime', description: 'When its last byte had gone out.' }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime' }),
    isGood: t.exposeBoolean('isGood', { nullable: false, description: 'Whether it leads to a bundle at this moment.' }),
    url: t.string({
      description: 'Where it is opened, for its person and while it is good.',
      resolve: (link, _args, { actor, delivery }) =>
        delivery !== null && link.isGood && isOwn(link, actor) ? linkUrl(delivery, link) : null,
    }),
  }),
});

const DownloadRef = builder.objectRef<DownloadRow>('Download').implement({
  description: 'One download of a bundle, over any number of connections.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    linkId: t.exposeID('linkId', { nullable: false }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: false }),
    completedAt: t.expose('completedAt', { type: 'DateTime', description: 'When its last byte had gone out.' }),
    network: t.exposeString('network', { description: 'The address it came from, cut to its network.' }),
    sentBytes: t.expose('sentBytes', { type: 'Long', nullable: false, description: 'Sent without a gap.' }),
    outcome: t.exposeString('outcome', {
      description: 'COMPLETE, REVOKED, ABANDONED, MISMATCH or LOST; null while it is under way.',
    }),
  }),
});

const RecallRef = builder.objectRef<Recalled>('Recall').implement({
  description: 'A bundle that was taken back, and who had it.',
  fields: (t) => ({
    bundle: t.field({
      type: PortabilityBundle.ref as never,
      resolve: (recalled, _args, context, info) => bundleRow(context, info, recalled) as Promise<never>,
    }),
    downloads: t.field({
      type: [DownloadRef],
      nullable: { list: false, items: false },
      description: 'The newest first.',
      resolve: ({ downloads }) => [...downloads],
    }),
  }),
});

builder.prismaObjectField('PortabilityBundle', 'links', (t) =>
  t.field({
    type: [DownloadLinkRef],
    nullable: { list: false, items: false },
    description: 'The links that were made to it, the newest first; at most 100.',
    complexity: { field: 5, multiplier: 10 },
    select: { id: true, tenantId: true },
    resolve: (row, _args, { pool }) => ofBundle(row as unknown as Row, pool, linksOf),
  }),
);

builder.prismaObjectField('PortabilityBundle', 'downloads', (t) =>
  t.field({
    type: [DownloadRef],
    nullable: { list: false, items: false },
    description: 'Who fetched it, or began to, the newest first.',
    complexity: { field: 5, multiplier: 10 },
    select: { id: true, tenantId: true },
    resolve: (row, _args, { pool }) => ofBundle(row as unknown as Row, pool, downloadsOf),
  }),
);

function ofBundle<T>(
  row: Row,
  pool: GatewayContext['pool'],
  read: (reader: Reader, tenantId: string, bundleId: string) => Promise<T[]>,
): Promise<T[]> {
  const { tenantId } = frameOf(row).subject;
  return withSnapshot(pool, tenantId, (reader) => read(reader, tenantId, String(row['id'])));
}

async function bundleRow(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  { bundleId, subjectId }: Recalled,
): Promise<Row | null> {
  const person = await personOf(context, { tenantId: context.tenant.tenantId, subjectId });
  const query = rowsOf(person, info, PortabilityBundle);
  if (query === null) return null;
  const columns = selectionOf(context, info, PortabilityBundle);
  const read = await readRelatedRows(
    context.loaders.reader,
    { ...query, columns: columns.select },
    'id',
    [bundleId],
    1,
  );
  return framed(columns, read, person)[0] ?? null;
}

builder.mutationField('createDownloadLink', (t) =>
  t.field({
    type: DownloadLinkRef,
    description: 'Makes a link to the bundle of a request of your own. Whoever opens it must sign in as you.',
    args: { request: t.arg.id({ required: true }) },
    resolve: (_root, { request }, context) =>
      mutate(context, 'DOWNLOAD', ownId(context.actor), async (writer) => {
        const link = await createLink(deskOf(context), writer, context.actor, request);
        return done('LINKED', link, link);
      }),
  }),
);

builder.mutationField('revokeDownloadLink', (t) =>
  t.field({
    type: DownloadLinkRef,
    description: 'Ends a link at once, also one that is being used: your own, or as privacy staff any of the operator.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) => {
      const subjectId = ownId(context.actor);
      if (subjectId === null) assertWorksRequests(context);
      return mutate(context, 'DOWNLOAD', subjectId, async (writer) => {
        const link = await revokeLink(writer, context.tenant.tenantId, id, subjectId);
        return done('REVOKED', link, link);
      });
    },
  }),
);

builder.mutationField('recallBundle', (t) =>
  t.field({
    type: RecallRef,
    description:
      'Takes a bundle back that should not have gone out: its links are dead at once, its bytes are removed, the person and the operator are told. Its request is RECALLED: staff have it built again with retryRequest, answer it or refuse it.',
    args: {
      id: t.arg.id({ required: true }),
      reason: t.arg.string({
        required: true,
        description: 'Ten characters or more; kept with the entry in the audit log.',
      }),
    },
    resolve: async (_root, { id, reason }, context) => {
      assertWorksRequests(context);
      if (reason.trim().length < 10)
        throw new CarryallError('BAD_INPUT', 'Say why the bundle is recalled, in ten characters or more.');
      const desk = deskOf(context);
      const recalled = await mutate(context, 'DOWNLOAD', null, async (writer) => {
        const result = await recall(desk, writer, context.actor, id);
        const { entry } = done('RECALLED', result, { ...result, id: null });
        return { result, entry: { ...entry, reason: reason.trim() }, also: result.also };
      });
      // Only now: while the transaction can still fail, the row must not promise what is gone.
      await removeObjects(desk, context.tenant.tenantId, id).catch(desk.onFault);
      return recalled;
    },
  }),
);

function done<T>(
  step: 'LINKED' | 'REVOKED' | 'RECALLED',
  result: T,
  { subjectId, bundleId: bundle, id: link }: { subjectId: string; bundleId: string; id: string | null },
) {
  return { result, entry: { subjectId, detail: { step, bundle, ...(link === null ? {} : { link }) } } };
}

function deskOf({ delivery }: GatewayContext): DeliveryDesk {
  if (delivery !== null) return delivery;
  throw new CarryallError('NOT_FOUND', 'This gateway hands out no bundles.');
}

function ownId(actor: Actor): string | null {
  return actor.kind === 'SUBJECT' ? actor.subjectId : null;
}

function isOwn({ subjectId, tenantId }: DownloadLinkRow, actor: Actor): boolean {
  return actor.kind === 'SUBJECT' && actor.tenant === tenantId && actor.subjectId === subjectId;
}
