import { actorIdOf } from '../access/actor.ts';
import { readProgress, watchProgress, type RequestProgress } from '../jobs/progress.ts';
import { withSnapshot } from '../store/session.ts';
import { noting } from './admit.ts';
import { builder } from './builder.ts';
import { frameOf } from './frames.ts';
import type { Row } from './field-maker.ts';
import { recordLooks } from './record-looks.ts';
import { reachRequest } from './request-access.ts';

const RequestProgressRef = builder.objectRef<RequestProgress>('RequestProgress').implement({
  description:
    'How far a request is. The numbers are those of the present attempt at its bundle; with another they begin again.',
  fields: (t) => ({
    status: t.exposeString('status', { nullable: false }),
    attempt: t.exposeInt('attempt', { nullable: false, description: 'Counts from 1; 0 before the first.' }),
    stage: t.exposeString('stage', { description: 'PREPARING, COLLECTING or FINISHING.' }),
    rows: t.field({ type: 'Long', nullable: false, resolve: ({ rows }) => BigInt(rows) }),
    expectedRows: t.field({
      type: 'Long',
      description: 'Null until they are counted.',
      resolve: ({ expectedRows }) => (expectedRows === null ? null : BigInt(expectedRows)),
    }),
    bytes: t.field({
      type: 'Long',
      nullable: false,
      description: 'The size of the bundle, once there is one.',
      resolve: ({ bytes }) => BigInt(bytes),
    }),
  }),
});

builder.prismaObjectField('DataSubjectRequest', 'progress', (t) =>
  t.field({
    type: RequestProgressRef,
    description: 'How far its bundle is; null for a request that is answered without one.',
    select: { id: true, right: true },
    resolve: async (row) => {
      if (row.right !== 'ACCESS' && row.right !== 'PORTABILITY') return null;
      const { loaders, tenant } = frameOf(row as unknown as Row).context;
      const found = await readProgress(loaders.reader, tenant.tenantId, [row.id]);
      return found.get(row.id) ?? null;
    },
  }),
);

// There are subscriptions that people pay for, and they have the name.
builder.subscriptionType({
  name: 'Events',
  description: 'What is told as it happens: POST with `accept: text/event-stream`.',
});

builder.subscriptionField('requestProgress', (t) =>
  t.field({
    type: RequestProgressRef,
    nullable: false,
    description: 'How a request goes on, until it stands still; for at most ten minutes.',
    args: { id: t.arg.id({ required: true }) },
    subscribe: async (_root, { id }, context) => {
      const { pool, tenant, actor } = context;
      const { tenantId } = tenant;
      try {
        const { subjectId } = await noting(context, { action: 'LOOK', subjectId: null }, () =>
          withSnapshot(pool, tenantId, (reader) => reachRequest(context, reader, id)),
        );
        // How many rows are held of somebody is a look at them, by whomever it is told as it happens.
        if (subjectId !== null) context.privacy.about(subjectId).person.reach('LOOK');
      } finally {
        await recordLooks(context);
      }
      const watcher = JSON.stringify([tenantId, actor.kind, actorIdOf(actor)]);
      return watchProgress(pool, { tenantId, requestId: id }, { watcher });
    },
    resolve: (progress) => progress,
  }),
);
