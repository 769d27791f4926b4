import { readAccessLog, type AccessLogEntry } from '../audit/access-log.ts';
import { withSnapshot } from '../store/session.ts';
import { builder } from './builder.ts';
import { opensTechnical } from './decide.ts';
import { frameOf } from './frames.ts';
import { DEFAULT_PAGE, pageCost, pageRef, pageRequest } from './pages.ts';
import { SubjectRef } from './subject.ts';

const AccessLogEntryRef = builder.objectRef<AccessLogEntry>('AccessLogEntry').implement({
  description: 'A look by somebody else: when, why and in which role, never who.',
  fields: (t) => ({
    at: t.exposeString('at', { nullable: false, description: 'UTC, with microseconds.' }),
    role: t.exposeString('role', { nullable: false }),
    action: t.exposeString('action', { nullable: false }),
    purpose: t.exposeString('purpose'),
    ticket: t.exposeString('ticket', { description: 'Where the reason is on file.' }),
    items: t.stringList({
      nullable: false,
      description: 'What was seen, in clear or in a mask.',
      resolve: ({ items }) => [...items],
    }),
  }),
});

const AccessLogRef = pageRef('AccessLog', AccessLogEntryRef);

builder.prismaObjectField(SubjectRef, 'accessLog', (t) =>
  t.field({
    type: AccessLogRef,
    description: 'Who has looked, the newest first; for the person and for the operator’s privacy staff.',
    args: { first: t.arg.int({ defaultValue: DEFAULT_PAGE }), after: t.arg.string() },
    complexity: pageCost,
    select: { id: true },
    resolve: async (row, args, _request, info) => {
      const { context, subject } = frameOf(row);
      if (!opensTechnical(context)) return context.privacy.withhold(info, null, 'WITHHELD');
      const request = pageRequest(args);
      context.privacy.person.open('access-log');
      const page = await withSnapshot(context.pool, subject.tenantId, (reader) =>
        readAccessLog(reader, subject, request),
      );
      return { ...page, resumed: request.after != null };
    },
  }),
);
