import { ownedBy, table } from '../holdings/subject-path.ts';
import type { QueryOptions, Reader } from '../store/session.ts';
import { sql, type Sql } from '../store/sql.ts';
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

/**
 * Counts sections in the reader's snapshot. All are asked at once, first whether anything is held: a person has rows in few
 * of them, and to plan and send a question takes longer than to answer it.
 */
export async function countSections(
  reader: Reader,
  scope: SelectScope,
  sections: readonly Section[],
): Promise<readonly SectionCounts[]> {
  const told = sections.map((section) =>
    isAnothers(section) ? null : ownedBy(section.dataset, section.relation, scope.subject),
  );
  const isHeld = ({ dataset }: Section, index: number): Sql | null => {
    const owned = told[index];
    return owned == null ? null : sql`EXISTS (SELECT FROM ${table(dataset)} t WHERE ${owned})`;
  };
  // The same for everybody under a policy, and half a hundred plans in one.
  const held = await askForEach(reader, sections, isHeld, { isPrepared: true });
  const tallies = sections.map((section, index) => (held[index] === true ? tallyOf(scope, section) : null));
  const answers = await askForEach(reader, sections, ({ dataset }, index) => {
    const [tally, owned] = [tallies[index], told[index]];
    if (tally == null || owned == null) return null;
    return sql`SELECT ARRAY[${sql.join(tally.counts)}] FROM ${table(dataset)} t WHERE ${owned}`;
  });
  const counted = sections.map((section, index) => {
    const counts = ((answers[index] ?? []) as string[]).map(Number);
    return { section, isTold: told[index] != null, ...(tallies[index]?.read(counts) ?? untallied(section)) };
  });
  const access = scope.plan.scope === 'ACCESS';
  const origins = await askForEach(reader, counted, ({ section, expected }) =>
    access && expected.data + expected.context > 0 ? originOf(scope, section) : null,
  );
  return counted.map(({ isTold, items, ...rest }, index) => {
    return { ...rest, told: access && isTold ? { items, ...readOrigin(origins[index]) } : null };
  });
}

/** Asks a question of one value for each, all in one statement; where there is none, there is no answer. */
async function askForEach<T>(
  reader: Reader,
  all: readonly T[],
  questionOf: (each: T, index: number) => Sql | null,
  options?: QueryOptions,
): Promise<readonly unknown[]> {
  const asked = all.flatMap((each, index) => {
    const question = questionOf(each, index);
    return question === null ? [] : [sql`(${question}) AS ${sql.identifier(`a${index}`)}`];
  });
  if (asked.length === 0) return [];
  const [row] = await reader.query<Record<string, unknown>>(sql`SELECT ${sql.join(asked)}`, options);
  return all.map((_, index) => row?.[`a${index}`]);
}
