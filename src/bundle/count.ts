import { ownedBy, table } from '../holdings/subject-path.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { kept } from './kept.ts';
import { originOf, readOrigin, type Origin } from './origin.ts';
import type { Section } from './plan.ts';
import type { SelectScope } from './select.ts';
import { isAnothers, tallyOf, untallied, type Tallied } from './tally.ts';

/** What one snapshot says of a section before its rows are read. */
export interface SectionCounts extends Omit<Tallied, 'items'> {
  readonly section: Section;
  /** What Art. 15(1) tells of the rows besides; null in PORTABILITY, which tells none of it. */
  readonly told: ToldCounts | null;
}

/** What is there of a section for one person, and from where. */
export interface ToldCounts extends Origin {
  /** The items of which a value is there, by id. */
  readonly items: readonly string[];
}

/** Counting goes no further where it is only asked whether there are rows, and whether there are many. */
export const MANY = 1000;

const surveys = kept((scope: SelectScope) => {
  const asked = scope.plan.sections.flatMap((section, index) => {
    const owned = isAnothers(section) ? null : ownedBy(section.dataset, section.relation, scope.subject);
    if (owned === null) return [];
    const rows = sql`SELECT FROM ${table(section.dataset)} t WHERE ${owned}`;
    const count = sql`SELECT count(*) FROM (${rows} LIMIT ${MANY}) r`;
    return [
      sql`(${section.relation === 'CALL_COUNTERPARTY' ? ifNumbered(scope, count) : count}) AS ${sql.identifier(`a${index}`)}`,
    ];
  });
  return sql`SELECT ${sql.join(asked)}`;
});

/** Who has no number that is proven to be theirs is nobody's counterparty. PostgreSQL would look through all calls to learn it. */
function ifNumbered({ subject }: SelectScope, count: Sql): Sql {
  return sql`CASE WHEN EXISTS (SELECT FROM subject_identifier i WHERE i.tenant_id = ${subject.tenantId}
    AND i.subject_id = ${subject.subjectId} AND i.kind = 'PHONE') THEN (${count}) ELSE 0 END`;
}

/** How many rows are held in each section, up to MANY; none where another is to tell. */
export async function surveySections(reader: Reader, scope: SelectScope): Promise<readonly number[]> {
  // The same for everybody under a policy, and half a hundred plans in one.
  const [row] = await reader.query<Record<string, string>>(surveys(scope), { isPrepared: true });
  return scope.plan.sections.map((_, index) => Number(row?.[`a${index}`] ?? 0));
}

/** How a section is counted, put together once. */
const tallies = kept((scope: SelectScope) =>
  kept((section: Section) => {
    const owned = ownedBy(section.dataset, section.relation, scope.subject);
    const tally = tallyOf(scope, section);
    const question = sql`SELECT ARRAY[${sql.join(tally.counts)}] AS counts FROM ${table(section.dataset)} t WHERE ${owned ?? sql`false`}`;
    return { tally, question };
  }),
);

/**
 * Counts sections in the reader's snapshot, those of which something is held by the survey: a person has rows in few of them,
 * and to plan and send a question takes longer than to answer it.
 */
export async function countSections(
  reader: Reader,
  scope: SelectScope,
  survey: readonly number[],
): Promise<readonly SectionCounts[]> {
  const access = scope.plan.scope === 'ACCESS';
  return Promise.all(
    scope.plan.sections.map(async (section, index) => {
      const { items, ...rest } = survey[index] === 0 ? untallied(section) : await countSection(reader, scope, section);
      if (!access || isAnothers(section)) return { section, ...rest, told: null };
      const origin = rest.expected.data + rest.expected.context > 0 ? originOf(scope, section) : null;
      const [found] = origin === null ? [] : await reader.query<{ origin: unknown }>(sql`SELECT (${origin}) AS origin`);
      return { section, ...rest, told: { items, ...readOrigin(found?.origin) } };
    }),
  );
}

async function countSection(reader: Reader, scope: SelectScope, section: Section): Promise<Tallied> {
  const { tally, question } = tallies(scope)(section);
  const [row] = await reader.query<{ counts: string[] }>(question, { isPrepared: true });
  return tally.read((row?.counts ?? []).map(Number));
}
