import { table } from '../holdings/subject-path.ts';
import type { Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
import { originOf, readOrigin, type Origin } from './origin.ts';
import type { Section } from './plan.ts';
import type { SelectScope } from './select.ts';
import { tallyOf, type Tallied } from './tally.ts';

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

/**
 * Counts sections in the reader's snapshot. All are asked for at once: a person has rows in few of them, and the way to the
 * database takes longer than the counting.
 */
export async function countSections(
  reader: Reader,
  scope: SelectScope,
  sections: readonly Section[],
): Promise<readonly SectionCounts[]> {
  const access = scope.plan.scope === 'ACCESS';
  const tallies = sections.map((section) => ({ section, tally: tallyOf(scope, section) }));
  const answers = await askForEach(
    reader,
    tallies.map(({ section, tally: { owned, counts } }) =>
      owned === null ? null : sql`SELECT ARRAY[${sql.join(counts)}] FROM ${table(section.dataset)} t WHERE ${owned}`,
    ),
  );
  const counted = tallies.map(({ section, tally }, index) => {
    const { items, ...counts } = tally.read(((answers[index] ?? []) as string[]).map(Number));
    return { section, ...counts, told: access && tally.owned !== null ? { items } : null };
  });
  const origins = await askForEach(
    reader,
    counted.map(({ section, expected, told }) =>
      told !== null && expected.data + expected.context > 0 ? originOf(scope, section) : null,
    ),
  );
  return counted.map(({ told, ...rest }, index) => {
    return { ...rest, told: told === null ? null : { ...told, ...readOrigin(origins[index]) } };
  });
}

/** Asks all questions, of one value each, in one statement; what is null is not asked and has no answer. */
async function askForEach(reader: Reader, questions: readonly (Sql | null)[]): Promise<readonly unknown[]> {
  const asked = questions.flatMap((question, index) =>
    question === null ? [] : [sql`(${question}) AS ${sql.identifier(`a${index}`)}`],
  );
  if (asked.length === 0) return [];
  const [row] = await reader.query<Record<string, unknown>>(sql`SELECT ${sql.join(asked)}`);
  return questions.map((_, index) => row?.[`a${index}`]);
}
