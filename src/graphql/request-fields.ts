import { remediesOf, type Remedies } from '../requests/refusals.ts';
import { mayRetry } from '../requests/staff.ts';
import { statusAfter, type RequestStatus } from '../requests/states.ts';
import { builder } from './builder.ts';
import { frameOf } from './frames.ts';
import type { Row } from './field-maker.ts';

const RemediesRef = builder.objectRef<Remedies>('Remedies').implement({
  description: 'What a person can do about a refusal or a delay (Art. 12(4), 77, 79).',
  fields: (t) => ({
    authority: t.exposeString('authority', {
      description: 'The supervisory authority that the policy names, if it does.',
    }),
    website: t.exposeString('website'),
    complaint: t.exposeString('complaint', { nullable: false, description: "In the request's language." }),
    court: t.exposeString('court', { nullable: false, description: "In the request's language." }),
  }),
});

builder.prismaObjectField('DataSubjectRequest', 'canCancel', (t) =>
  t.boolean({
    nullable: false,
    description: 'Whether cancelRequest is possible at this moment, for the person.',
    select: { status: true },
    resolve: (row) => frameOf(row as unknown as Row).context.actor.kind === 'SUBJECT' && begins('CANCEL', row.status),
  }),
);

builder.prismaObjectField('DataSubjectRequest', 'canRetry', (t) =>
  t.boolean({
    nullable: false,
    description: 'Whether retryRequest is possible at this moment.',
    select: { status: true, failureCode: true },
    resolve: (row) => {
      const status = row.status as RequestStatus;
      const isLocked = row.failureCode === 'SEAL_FORGOTTEN';
      return begins('RETRY', status) && !isLocked && mayRetry({ status }, frameOf(row as unknown as Row).context.actor);
    },
  }),
);

builder.prismaObjectField('DataSubjectRequest', 'remedies', (t) =>
  t.field({
    type: RemediesRef,
    nullable: false,
    select: { language: true },
    resolve: (row) => remediesOf(frameOf(row as unknown as Row).context.policy, row.language),
  }),
);

builder.prismaObjectField('DataSubjectRequest', 'subjectId', (t) =>
  t.id({
    nullable: false,
    description: 'Whom it is about, for subject(id:).',
    select: { id: true },
    resolve: (row) => frameOf(row as unknown as Row).subject.subjectId,
  }),
);

function begins(step: 'CANCEL' | 'RETRY', status: string): boolean {
  return statusAfter(step, status as RequestStatus) !== null;
}
