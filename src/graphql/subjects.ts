import type { GraphQLResolveInfo } from 'graphql';
import { CarryallError } from '../errors.ts';
import type { SubjectKey } from '../holdings/subject-path.ts';
import { sql, type Sql } from '../store/sql.ts';
import { builder } from './builder.ts';
import { assertMayLook, refused } from './admit.ts';
import type { GatewayContext } from './context.ts';
import { frame, frameOf, type Person } from './frames.ts';
import { contextFor } from './person.ts';
import { SubjectRef } from './subject.ts';
import { findSubjectIds, FOUND_LIMIT, reachSql } from './subject-search.ts';

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
  const reach = reachSql(context);
  const [subject] = reach === null ? [] : await readSubjects(context, [id], reach);
  if (subject === undefined) throw refused(context, notFound(), about);
  frameOf(subject).context.privacy.person.reach('LOOK');
  return subject;
}

type SubjectRow = typeof SubjectRef.$inferType;

/** The people with these ids, as far as `reach` holds for them (alias `s`). */
async function readSubjects(context: GatewayContext, ids: readonly string[], reach: Sql): Promise<SubjectRow[]> {
  const { tenantId } = context.tenant;
  const { reader } = context.loaders;
  const [rows, persons] = await Promise.all([
    reader.query<SubjectRow>(sql`SELECT s.id, s.created_at AS "createdAt" FROM subject s
      WHERE s.tenant_id = ${tenantId} AND s.id = ANY(${ids}::text[]) AND ${reach} ORDER BY s.id`),
    // What bears on them is asked with them, and is of no use for who is not there.
    Promise.all(ids.map((subjectId) => personOf(context, { tenantId, subjectId }))),
  ]);
  return rows.flatMap((row) => {
    const person = persons.find(({ subject }) => subject.subjectId === row.id);
    if (person === undefined) return [];
    frame(row, { ...person, key: { id: row.id, expires_at: null, rule_id: null } });
    return [row];
  });
}

/** A person as a request bears on them; who may see them at all is for the caller to settle. */
export async function personOf(request: GatewayContext, subject: SubjectKey): Promise<Person> {
  const [context, facts] = await Promise.all([contextFor(request, subject), request.loaders.facts(subject)]);
  return { context, subject, facts };
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
      // Whoever was found is reached.
      return readSubjects(context, found, sql`true`);
    },
  }),
);
