import { ACTOR_KINDS, actorIdOf, type Actor } from '../access/actor.ts';
import { builder } from './builder.ts';
import { subjectById } from './subjects.ts';
import { SubjectRef } from './subject.ts';
import { TenantRef } from './tenant.ts';

const ActorKindRef = builder.enumType('ActorKind', { description: 'Who calls.', values: ACTOR_KINDS });

const ViewerRef = builder.objectRef<Actor>('Viewer').implement({
  description: 'Who you are to the gateway.',
  fields: (t) => ({
    id: t.id({ nullable: false, resolve: actorIdOf }),
    kind: t.field({ type: ActorKindRef, nullable: false, resolve: ({ kind }) => kind }),
    tenant: t.field({ type: TenantRef, nullable: false, resolve: (_actor, _args, { tenant }) => tenant }),
    organisationId: t.id({
      description: 'The customer of the operator for whom you act, as its own staff.',
      resolve: (actor) => (actor.kind === 'CONTROLLER_STAFF' ? actor.organisationId : null),
    }),
    purpose: t.string({
      description: 'The purpose that the request declares.',
      resolve: (_actor, _args, { purpose }) => purpose,
    }),
    subject: t.field({
      type: SubjectRef,
      description: 'Yourself, when you are a subject.',
      resolve: (actor, _args, context, info) =>
        actor.kind === 'SUBJECT' ? subjectById(context, info, actor.subjectId) : null,
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({ type: ViewerRef, nullable: false, resolve: (_root, _args, { actor }) => actor }),
);
