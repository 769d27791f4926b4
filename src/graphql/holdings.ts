import type { Holding } from '../holdings/holdings.ts';
import { readHoldings } from '../holdings/holdings.ts';
import { withSnapshot } from '../store/session.ts';
import { builder } from './builder.ts';
import type { GatewayContext } from './context.ts';
import { openingOf, seesAnchor } from './decide.ts';
import { frameOf } from './frames.ts';
import { SubjectRef } from './subject.ts';
import { RelationRef } from './words.ts';

const RoleRef = builder.enumType('HoldingRole', {
  description: 'In which role the operator holds data.',
  values: ['CONTROLLER', 'PROCESSOR'] as const,
});

interface ToldHolding extends Holding {
  readonly context: GatewayContext;
}

const HoldingRef = builder.objectRef<ToldHolding>('Holding').implement({
  description: 'What is held of a person in one dataset and relation, without the data.',
  fields: (t) => ({
    dataset: t.string({ nullable: false, resolve: ({ dataset }) => dataset.name }),
    title: t.string({ nullable: false, resolve: ({ dataset }) => dataset.title }),
    relation: t.field({ type: RelationRef, nullable: false, resolve: ({ relation }) => relation }),
    count: t.int({
      description: 'Null where only a controller may confirm that anything is held.',
      resolve: ({ count, dataset, relation, context }, _args, _request, info) => {
        if (count !== null) return count;
        const opening = openingOf(context, dataset, relation);
        return context.privacy.withhold(
          info,
          opening.open ? null : opening.item,
          opening.open ? 'ROUTED' : opening.reason,
        );
      },
    }),
    role: t.field({ type: RoleRef, nullable: false, resolve: ({ role }) => role }),
    onBehalfOf: t.exposeString('onBehalfOf'),
    undeclared: t.exposeBoolean('undeclared', {
      nullable: false,
      description: 'True when the policy names nothing in the dataset.',
    }),
    retention: t.stringList({ nullable: false, resolve: ({ retention }) => [...retention] }),
    rules: t.idList({
      nullable: false,
      description: 'The rules of the policy that say how long, in its own order: see Policy.retention.',
      resolve: ({ rules }) => [...rules],
    }),
    oldest: t.field({ type: 'DateTime', resolve: ({ oldest }) => oldest }),
    newest: t.field({ type: 'DateTime', resolve: ({ newest }) => newest }),
  }),
});

builder.prismaObjectField(SubjectRef, 'holdings', (t) =>
  t.field({
    type: [HoldingRef],
    nullable: { list: true, items: false },
    description: 'Per dataset: how much is held, in which role, for how long.',
    complexity: { field: 50, multiplier: 10 },
    select: { id: true },
    resolve: async (row, _args, _request, info) => {
      const { subject, facts, context } = frameOf(row);
      const { policy, now, actor } = context;
      if (facts.deletionPending && (actor.kind === 'SUPPORT_AGENT' || actor.kind === 'INTERNAL_APP')) {
        return context.privacy.withhold(info, null, 'DELETION_PENDING');
      }
      const query = {
        policy,
        subject,
        facts,
        now,
        expired: actor.kind === 'SUBJECT' ? 'SHOWN' : 'HIDDEN',
        internal: 'HIDDEN',
      } as const;
      const holdings = await withSnapshot(context.pool, subject.tenantId, (reader) => readHoldings(reader, query));
      // To others a dataset of which they see nothing is not counted either.
      const told = holdings.filter(
        ({ dataset, relation }) => actor.kind === 'SUBJECT' || openingOf(context, dataset, relation).open,
      );
      return told.map((holding) => {
        context.privacy.person.count(holding.dataset.name);
        // The earliest and the latest are values, too.
        const dated = seesAnchor(context, holding.dataset, holding.relation);
        return { ...holding, ...(dated ? {} : { oldest: null, newest: null }), context };
      });
    },
  }),
);
