import {
  beginTransmission,
  recipientsOf,
  transmissionsOf,
  type TransmissionRow,
} from '../delivery/transmission/transmissions.ts';
import { CarryallError } from '../errors.ts';
import { withSnapshot } from '../store/session.ts';
import { builder } from './builder.ts';
import type { Row } from './field-maker.ts';
import { frameOf } from './frames.ts';
import { mutate } from './mutate.ts';
import { assertFresh } from './request-mutations.ts';

const TransmissionRef = builder.objectRef<TransmissionRow>('Transmission').implement({
  description: 'A bundle on its way to another controller (Art. 20(2)), in which nobody else is named.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: false }),
    requestId: t.exposeID('requestId', { nullable: false }),
    recipient: t.exposeString('recipient', { nullable: false, description: 'The name of a TransmissionRecipient.' }),
    status: t.exposeString('status', {
      nullable: false,
      description: 'BUILDING, SENDING, RECEIVED, REFUSED or FAILED.',
    }),
    sha256: t.exposeString('sha256', { description: 'Of the archive that is sent.' }),
    bytes: t.field({ type: 'Long', resolve: ({ bytes }) => (bytes === null ? null : BigInt(bytes)) }),
    sentBytes: t.field({
      type: 'Long',
      nullable: false,
      description: 'Of which the recipient has said that it has them.',
      resolve: ({ sentBytes }) => BigInt(sentBytes),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', nullable: false }),
    closedAt: t.expose('closedAt', { type: 'DateTime' }),
    receipt: t.exposeString('receipt', {
      description: 'What the recipient signed when it had all of it (a JWS), checked with its keys.',
    }),
    failureCode: t.exposeString('failureCode', { description: 'Why it has ended, or is tried again.' }),
  }),
});

const RecipientRef = builder
  .objectRef<{ readonly name: string; readonly label: string }>('TransmissionRecipient')
  .implement({
    description: 'Another controller, to whom people can have their data sent.',
    fields: (t) => ({
      name: t.exposeString('name', { nullable: false }),
      label: t.exposeString('label', { nullable: false, description: 'What a person calls it.' }),
    }),
  });

builder.queryField('transmissionRecipients', (t) =>
  t.field({
    type: [RecipientRef],
    nullable: { list: false, items: false },
    description: 'To whom transmitBundle can send.',
    resolve: (_root, _args, { transmissions, tenant }) =>
      transmissions === null ? [] : [...recipientsOf(transmissions, tenant.tenantId)],
  }),
);

builder.prismaObjectField('DataSubjectRequest', 'transmissions', (t) =>
  t.field({
    type: [TransmissionRef],
    nullable: { list: false, items: false },
    description: 'To which controllers its answer was sent, or is, the newest first; at most 100.',
    complexity: { field: 5, multiplier: 10 },
    select: { id: true, tenantId: true },
    resolve: (row, _args, { pool }) => {
      const { tenantId } = frameOf(row as unknown as Row).subject;
      return withSnapshot(pool, tenantId, (reader) => transmissionsOf(reader, tenantId, row.id));
    },
  }),
);

builder.mutationField('transmitBundle', (t) =>
  t.field({
    type: TransmissionRef,
    description:
      'Sends what a PORTABILITY request of your own asks for to another controller. It goes on by itself; asked again meanwhile, it is the same.',
    args: {
      request: t.arg.id({ required: true }),
      recipient: t.arg.string({ required: true, description: 'The name of a TransmissionRecipient.' }),
    },
    resolve: (_root, { request, recipient }, context) => {
      const { actor, transmissions } = context;
      const subjectId = actor.kind === 'SUBJECT' ? actor.subjectId : null;
      return mutate(context, 'DOWNLOAD', subjectId, async (writer) => {
        if (transmissions === null) throw new CarryallError('NOT_FOUND', 'This gateway sends no bundles.');
        assertFresh(context);
        const result = await beginTransmission(transmissions, writer, actor, { requestId: request, recipient });
        const detail = { step: 'TRANSMIT', transmission: result.id, recipient: result.recipient, request };
        return { result, entry: { subjectId: result.subjectId, detail } };
      });
    },
  }),
);
