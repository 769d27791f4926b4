import {
  listInstructions,
  recordInstruction,
  revokeInstruction,
  type InstructionRow,
} from '../mandates/instructions.ts';
import { resumeInstructed } from '../requests/instructed.ts';
import { listWanted, type WantedInstruction } from '../requests/wanted.ts';
import { withSnapshot } from '../store/session.ts';
import { noting } from './admit.ts';
import { builder } from './builder.ts';
import { mutate, type Done } from './mutate.ts';
import { assertWorksRequests } from './request-access.ts';

const InstructionRef = builder.objectRef<InstructionRow>('Instruction').implement({
  description: 'What a controller has told the operator to do with its data (Art. 28(3)(a)).',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    organisationId: t.exposeID('organisationId', { nullable: false }),
    items: t.exposeStringList('items', { nullable: false }),
    purpose: t.exposeString('purpose', { nullable: false }),
    from: t.expose('from', { type: 'DateTime', nullable: false }),
    until: t.expose('until', { type: 'DateTime', description: 'Null until it is revoked.' }),
    exportAllowed: t.exposeBoolean('exportAllowed', { nullable: false }),
    document: t.exposeString('document'),
    recordedBy: t.exposeString('recordedBy', { nullable: false }),
    recordedAt: t.expose('recordedAt', { type: 'DateTime', nullable: false }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime' }),
  }),
});

builder.mutationField('recordInstruction', (t) =>
  t.field({
    type: InstructionRef,
    description:
      "Records what a controller instructs: by the customer's own staff, or by an administrator who names the document.",
    args: {
      organisation: t.arg.id({ required: true }),
      items: t.arg.stringList({ required: true, description: 'Ids or names of items of the policy.' }),
      purpose: t.arg.string({ required: true, description: 'A purpose of the policy, or DATA_SUBJECT_REQUEST.' }),
      from: t.arg({ type: 'DateTime', required: true }),
      until: t.arg({ type: 'DateTime' }),
      exportAllowed: t.arg.boolean({
        required: true,
        description: 'Whether the data may leave, to whom they are about.',
      }),
      document: t.arg.string({ description: 'Where the controller says so.' }),
    },
    resolve: (_root, { organisation, until = null, document = null, ...wish }, context) =>
      mutate(context, 'INSTRUCTION', null, async (writer) => {
        const asked = { ...wish, organisationId: organisation, until, document };
        const recorded = await recordInstruction(writer, context.policy, context.actor, asked);
        const { requests, tenant } = context;
        const also = await resumeInstructed(requests, writer, tenant.tenantId, recorded.organisationId);
        return { ...done('RECORDED', recorded), also };
      }),
  }),
);

builder.mutationField('revokeInstruction', (t) =>
  t.field({
    type: InstructionRef,
    description: 'Ends an instruction at once.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context) =>
      mutate(context, 'INSTRUCTION', null, async (writer) =>
        done('REVOKED', await revokeInstruction(writer, context.actor, id)),
      ),
  }),
);

function done(step: 'RECORDED' | 'REVOKED', result: InstructionRow): Done<InstructionRow> {
  const { id, items, purpose, exportAllowed } = result;
  return { result, entry: { purpose, detail: { step, instructions: [id], items: [...items], exportAllowed } } };
}

builder.queryField('instructions', (t) =>
  t.field({
    type: [InstructionRef],
    nullable: { list: true, items: false },
    description: 'The last hundred instructions of an organisation, the newest first.',
    args: { organisation: t.arg.id({ required: true }) },
    complexity: { field: 2, multiplier: 10 },
    resolve: (_root, { organisation }, context) =>
      noting(context, { action: 'INSTRUCTION', subjectId: null }, () =>
        withSnapshot(context.pool, context.tenant.tenantId, (reader) =>
          listInstructions(reader, context.actor, organisation),
        ),
      ),
  }),
);

const WantedInstructionRef = builder.objectRef<WantedInstruction>('WantedInstruction').implement({
  description: 'A request that waits for the word of one controller. Whose request it is, it does not tell.',
  fields: (t) => ({
    requestId: t.exposeID('requestId', { nullable: false }),
    organisationId: t.exposeID('organisationId', { nullable: false }),
    right: t.exposeString('right', { nullable: false }),
    status: t.exposeString('status', { nullable: false }),
    receivedAt: t.expose('receivedAt', { type: 'DateTime', nullable: false }),
    dueAt: t.expose('dueAt', { type: 'DateTime', nullable: false }),
    items: t.exposeStringList('items', { nullable: false, description: 'Ids of items of the policy.' }),
  }),
});

builder.queryField('instructionsWanted', (t) =>
  t.field({
    type: [WantedInstructionRef],
    nullable: { list: true, items: false },
    description:
      "What controllers are asked to instruct, the first due first, at most 100: to a customer's own staff theirs, to administrators and privacy staff all.",
    args: { request: t.arg.id({ description: 'Only this one.' }) },
    complexity: { field: 2, multiplier: 10 },
    resolve: (_root, { request = null }, context) =>
      noting(context, { action: 'INSTRUCTION', subjectId: null }, () => {
        const { actor, pool, tenant } = context;
        if (actor.kind === 'CONTROLLER_STAFF' && actor.organisationId === null) assertWorksRequests(context);
        return withSnapshot(pool, tenant.tenantId, async (reader) => [...(await listWanted(reader, actor, request))]);
      }),
  }),
);
