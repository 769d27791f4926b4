import type { ModelName } from '../../catalogue/dataset.ts';
import { datasets, sqlName } from '../../catalogue/look-up.ts';
import type { Reader } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';

/** The fields that a row of each model cannot lack, since the database has no default for them; the keys aside. */
export async function readRequired(reader: Reader): Promise<ReadonlyMap<ModelName, readonly string[]>> {
  const rows = await reader.query<{ name: string }>(sql`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = current_schema() AND is_nullable = 'NO' AND column_default IS NULL`);
  const required = new Set(rows.map(({ name }) => name));
  // A row without a subject takes its parent's, and the checks say so if there is none.
  const keys = ['tenantId', 'id', 'subjectId', 'sourceSystem'];
  return new Map(
    datasets.map(({ model, fields }) => [
      model,
      Object.keys(fields).filter(
        (field) => !keys.includes(field) && required.has(`${sqlName(model)}.${sqlName(field)}`),
      ),
    ]),
  );
}
