import type { GraphQLResolveInfo } from 'graphql';
import { countRequests, type RequestCounts } from '../requests/counts.ts';
import { countListed, listRequests, type RequestFilter } from '../requests/read.ts';
import { REQUEST_STATUSES, type RequestStatus } from '../requests/states.ts';
import { CarryallError } from '../errors.ts';
import type { PageRequest } from '../store/keyset.ts';
import { noting } from './admit.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { DEFAULT_PAGE, pageCost, pageRequest } from './pages.ts';
import { assertWorksRequests, reachRequest } from './request-access.ts';
import { requestRow, requestRows } from './request-rows.ts';
import { DataSubjectRequest } from './requests.ts';
import { selectionOf } from './selection.ts';
import { connectionRef, type Connection } from './subject-rows.ts';

builder.queryField('request', (t) =>
  t.field({
    type: DataSubjectRequest.ref as never,
    description: "A request by id: one's own, or for the operator's privacy staff anybody's.",
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info) =>
      noting(context, { action: 'LOOK', subjectId: null }, async () => {
        const found = await reachRequest(context, context.loaders.reader, id);
        return requestRow(context, info, found) as never;
      }),
  }),
);

builder.queryField('requestQueue', (t) =>
  t.field({
    type: connectionRef(DataSubjectRequest) as never,
    description: "The operator's requests, the first due first; for its privacy staff.",
    args: {
      status: t.arg.stringList({ description: `Any of ${REQUEST_STATUSES.join(', ')}.` }),
      overdue: t.arg.boolean({ description: 'True for those only that should have been answered by now.' }),
      first: t.arg.int({ defaultValue: DEFAULT_PAGE }),
      after: t.arg.string(),
    },
    complexity: pageCost,
    resolve: (_root, { status, overdue, ...page }, context, info): never =>
      noting(context, ABOUT_ALL, async () => {
        assertWorksRequests(context);
        const filter = { statuses: statusesIn(status), overdueAt: overdue === true ? context.now : undefined };
        return queueOf(context, info, filter, pageRequest(page));
      }) as never,
  }),
);

const ABOUT_ALL = { action: 'REQUEST', subjectId: null } as const;

/** Reads the page and the number of its rows when they are asked for. */
function queueOf(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  filter: RequestFilter,
  request: PageRequest,
): Connection {
  const { tenantId } = context.tenant;
  const { reader } = context.loaders;
  const columns = selectionOf(context, info, DataSubjectRequest, [['nodes'], ['edges', 'node']]);
  const read = async () => {
    const { rows, ...found } = await listRequests(reader, tenantId, filter, request);
    return { ...found, rows: await requestRows(context, info, rows, columns) };
  };
  let page: ReturnType<typeof read> | undefined;
  return {
    resumed: request.after != null,
    page: () => (page ??= read()),
    count: () => countListed(reader, tenantId, filter),
  };
}

/** The statuses that are named. Throws BAD_INPUT. */
function statusesIn(words: readonly string[] | null | undefined): readonly RequestStatus[] | undefined {
  return words?.map((word) => {
    const status = REQUEST_STATUSES.find((each) => each === word);
    if (status === undefined)
      throw new CarryallError('BAD_INPUT', `A request's status is one of ${REQUEST_STATUSES.join(', ')}.`);
    return status;
  });
}

const RequestCountRef = builder.objectRef<RequestCounts['byStatus'][number]>('RequestCount').implement({
  description: 'How many requests have a status.',
  fields: (t) => ({
    status: t.exposeString('status', { nullable: false }),
    count: t.exposeInt('count', { nullable: false }),
  }),
});

const RequestCountsRef = builder.objectRef<RequestCounts>('RequestCounts').implement({
  description: "How the operator's requests stand.",
  fields: (t) => ({
    byStatus: t.field({
      type: [RequestCountRef],
      nullable: { list: false, items: false },
      resolve: ({ byStatus }) => [...byStatus],
    }),
    open: t.exposeInt('open', { nullable: false, description: 'Not answered yet.' }),
    dueSoon: t.exposeInt('dueSoon', { nullable: false, description: 'Open, and due within seven days.' }),
    overdue: t.exposeInt('overdue', { nullable: false, description: 'Open, and due before this moment.' }),
  }),
});

builder.queryField('requestCounts', (t) =>
  t.field({
    type: RequestCountsRef,
    nullable: false,
    description: "How many requests there are, and how many are late; for the operator's privacy staff.",
    resolve: (_root, _args, context) =>
      noting(context, ABOUT_ALL, async () => {
        assertWorksRequests(context);
        return countRequests(context.loaders.reader, context.tenant.tenantId, context.now);
      }),
  }),
);
