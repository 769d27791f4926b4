import type { ModelName } from '../../catalogue/dataset.ts';
import { enumWords } from '../../catalogue/enum-words.ts';
import { columnType, datasetOf, sqlName, wordFields } from '../../catalogue/look-up.ts';
import type { Policy } from '../../policy/schema.ts';
import { sql, type Sql } from '../../store/sql.ts';
import { placeOf } from '../plan.ts';
import { sectionsOf } from './row-files.ts';

/** What stands in a column that no row can lack where the bundle does not tell it; null where nothing may. */
export type Placeholders = (model: ModelName, field: string) => Sql | null;

/**
 * The placeholders under a policy. A secret and a link are never made up, nor is a file: a row without its own would break
 * every later bundle. An instant is that of the import, so that no retention ends before it began.
 */
export function placeholdersOf(policy: Policy, now: Date): Placeholders {
  return (model, field) => {
    const entry = datasetOf(model).fields[field];
    if (entry === undefined || entry.kind === 'secret' || entry.kind === 'link') return null;
    if (entry.kind === 'personal' && entry.format === 'blob') return null;
    const { type, kind, list } = columnType(model, field);
    if (list) return sql`'{}'::text[]`;
    if (kind === 'scalar') return scalar(type, now);
    const word = wordOf(policy, model, field, enumWords(type));
    return word === null ? null : sql`${word}::${sql.identifier(sqlName(type))}`;
  };
}

function scalar(type: string, now: Date): Sql {
  switch (type) {
    case 'DateTime':
      return sql`${now.toISOString()}::timestamptz`;
    case 'Int':
    case 'BigInt':
    case 'Float':
      return sql`0`;
    case 'Boolean':
      return sql`false`;
    case 'Json':
      return sql`'{}'::jsonb`;
    default:
      return sql`''`;
  }
}

// A word on which it depends what may leave must not let out more than its sender did: it is one under which it is withheld.
function wordOf(policy: Policy, model: ModelName, field: string, words: readonly string[]): string | null {
  const dataset = datasetOf(model);
  if (!wordFields(dataset).includes(field)) return words.includes('OTHER') ? 'OTHER' : (words[0] ?? null);
  const sections = sectionsOf(policy).filter((section) => section.dataset.model === model);
  const cases = sections.flatMap(({ columns }) => columns.find((column) => column.field === field)?.cases ?? []);
  return (
    words.find((word) => {
      const told = cases.filter((each) => each.words.get(field) === word);
      return told.length > 0 && told.every(({ fate }) => placeOf(fate) === null);
    }) ?? null
  );
}
