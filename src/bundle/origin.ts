import { column, table } from '../holdings/subject-path.ts';
import { sql, type Sql } from '../store/sql.ts';
import type { Section } from './plan.ts';
import { selectionOf, type SelectScope } from './select.ts';

/** Where the rows of a section that are told came from. */
export interface Origin {
  /** The systems that handed the rows over, by name; none where the dataset does not say. */
  readonly systems: readonly string[];
  /** Until when the last of its secrets is good, where its rows say that (trap X39). */
  readonly secretsUntil: string | null;
}

/** The query of a section's origin, for `readOrigin`; null for a dataset that does not say. */
export function originOf(scope: SelectScope, section: Section): Sql | null {
  const { dataset } = section;
  const where = (['data', 'context'] as const).flatMap((place) => selectionOf(scope, section, place)?.where ?? []);
  if (where.length === 0 || !('sourceSystem' in dataset.fields)) return null;
  const expiry = section.secrets.length === 0 ? undefined : dataset.triggers?.['session.expiresAt'];
  const from = sql`FROM ${table(dataset)} t WHERE ${sql.join(
    where.map((each) => sql`(${each})`),
    sql` OR `,
  )}`;
  const until = expiry === undefined ? sql`NULL` : sql`(SELECT max(${column('t', expiry)}) ${from})`;
  const systems = sql`ARRAY(SELECT s FROM (SELECT DISTINCT t.source_system AS s ${from}) d ORDER BY s COLLATE "C")`;
  return sql`SELECT json_build_object('systems', ${systems}, 'until', ${until})`;
}

/** Reads what the query of `originOf` answered, if it was asked. */
export function readOrigin(answer: unknown): Origin {
  const { systems, until } = (answer ?? {}) as { readonly systems?: string[]; readonly until?: string | null };
  return { systems: systems ?? [], secretsUntil: until == null ? null : new Date(until).toISOString() };
}
