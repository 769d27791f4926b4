import { IdentifierKind } from '../generated/prisma/enums.ts';
import { sql, type Sql } from '../store/sql.ts';
import { identifier, identifiers } from './values/identifiers.ts';

const LONGEST = 320;

/**
 * The condition, over alias `i` of subject_identifier, that an identifier names a person whole and exactly: as an e-mail, a
 * telephone number (read as one of `country` where it has no country code) or an id of some system. Null for a text that
 * can name nobody.
 */
export function namedBy(text: string, country: string | null): Sql | null {
  if (text.length > LONGEST) return null;
  const readings = identifiers(...Object.values(IdentifierKind).map((kind) => identifier(kind, text, country)));
  if (readings.length === 0) return null;
  const named = readings.map(({ kind, value }) => sql`(i.kind = ${kind}::identifier_kind AND i.value = ${value})`);
  return sql`(${sql.join(named, sql` OR `)})`;
}
