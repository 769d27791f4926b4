import { queryFromInfo } from '@pothos/plugin-prisma';
import type { GraphQLResolveInfo } from 'graphql';
import { CarryallError } from '../errors.ts';
import { builder } from './builder.ts';
import { assertMayLook, refused } from './admit.ts';
import type { GatewayContext } from './context.ts';
import { frame, frameOf } from './frames.ts';
import { contextFor } from './person.ts';
import { SubjectRef } from './subject.ts';
import { findSubjectIds, FOUND_LIMIT, reachesSubject } from './subject-search.ts';

/** A person by id, as far as the actor reaches; throws NOT_FOUND alike for nobody, for another tenant's and for others. */
export async function subjectById(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  id: string,
): Promise<SubjectRow | null> {
  const about = { action: 'LOOK', subjectId: id } as const;
  if (isOverseer(context)) {
    context.privacy.refuse({ ...about, denial: 'WITHHELD' });
    return context.privacy.withhold(info, null, 'WITHHELD');
  }
  assertMayLook(context, about);
  const [subject] = (await reachesSubject(context, id)) ? await readSubjects(context, info, [id]) : [];
  if (subject === undefined) throw refused(context, notFound(), about);
  frameOf(subject).context.privacy.person.reach('LOOK');
  return subject;
}

type SubjectRow = typeof SubjectRef.$inferType;

async function readSubjects(
  context: GatewayContext,
  info: GraphQLResolveInfo,
  ids: readonly string[],
): Promise<SubjectRow[]> {
  const { tenantId } = context.tenant;
  const subjects = await context.prisma.subject.findMany({
    ...(queryFromInfo({ context, info, typeName: 'Subject' }) as object),
    where: { tenantId, id: { in: [...ids] } },
    orderBy: { id: 'asc' },
  });
  return Promise.all(
    subjects.map(async (row) => {
      const subject = { tenantId, subjectId: row.id };
      frame(row, {
        context: await contextFor(context, subject),
        subject,
        facts: await context.loaders.facts(subject),
        key: { id: row.id, expires_at: null, rule_id: null },
      });
      return row as SubjectRow;
    }),
  );
}

/** Auditors and administrators need no subject's data, and are not told whose there are. */
function isOverseer({ actor }: GatewayContext): boolean {
  return actor.kind === 'AUDITOR' || actor.kind === 'ADMINISTRATOR';
}

function notFound(): CarryallError {
  return new CarryallError('NOT_FOUND', 'No such subject.');
}

builder.queryField('subject', (t) =>
  t.field({
    type: SubjectRef,
    description: 'A person by id.',
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, context, info) => subjectById(context, info, id),
  }),
);

builder.queryField('findSubjects', (t) =>
  t.field({
    type: [SubjectRef],
    nullable: { list: true, items: false },
    description: `The people whom an identifier names exactly, at most ${FOUND_LIMIT}: an e-mail, a telephone number, an account or customer id. Who knows less than the whole finds nobody.`,
    args: { identifier: t.arg.string({ required: true }) },
    complexity: { field: 5, multiplier: 2 },
    resolve: async (_root, { identifier }, context, info) => {
      const about = { action: 'SEARCH', subjectId: null } as const;
      if (isOverseer(context)) {
        context.privacy.refuse({ ...about, denial: 'WITHHELD' });
        return context.privacy.withhold(info, null, 'WITHHELD');
      }
      assertMayLook(context, about);
      const found = await findSubjectIds(context, identifier);
      context.privacy.searched(found);
      return readSubjects(context, info, found);
    },
  }),
);
