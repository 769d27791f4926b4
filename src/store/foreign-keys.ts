import type { ModelName } from '../catalogue/dataset.ts';
import { datasets, sqlName } from '../catalogue/look-up.ts';
import type { Reader } from './session.ts';
import { sql } from './sql.ts';

/** A link from a row to another, by model and field. */
export interface ForeignKey {
  readonly child: ModelName;
  readonly field: string;
  readonly parent: ModelName;
  /** True for a row that may be without its parent. */
  readonly optional: boolean;
}

/** The links between models as the database enforces them; not those to the tenant. */
export async function readForeignKeys(reader: Reader): Promise<readonly ForeignKey[]> {
  const rows = await reader.query<{ child: string; column: string; parent: string; optional: boolean }>(sql`
    SELECT child.relname AS child, a.attname AS column, parent.relname AS parent, NOT a.attnotnull AS optional
    FROM pg_constraint c
    JOIN pg_class child ON child.oid = c.conrelid
    JOIN pg_class parent ON parent.oid = c.confrelid
    CROSS JOIN LATERAL unnest(c.conkey) AS key
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = key
    WHERE c.contype = 'f' AND child.relnamespace = to_regnamespace(current_schema()) AND a.attname <> 'tenant_id'`);
  const fields = new Map(
    datasets.flatMap(({ fields: each }) => Object.keys(each).map((field) => [sqlName(field), field])),
  );
  const models = new Map(datasets.map(({ model }) => [sqlName(model), model]));
  return rows.flatMap(({ child, column, parent, optional }) => {
    const from = models.get(child);
    const to = models.get(parent);
    const field = fields.get(column);
    return from && to && field ? [{ child: from, field, parent: to, optional }] : [];
  });
}

/** The models in an order in which every row comes after those it points at. */
export function parentsFirst(models: readonly ModelName[], keys: readonly ForeignKey[]): ModelName[] {
  const ordered = new Set<ModelName>();
  const visit = (model: ModelName, above: readonly ModelName[]): void => {
    if (ordered.has(model) || above.includes(model)) return;
    for (const { parent } of keys.filter(({ child }) => child === model)) {
      if (models.includes(parent)) visit(parent, [...above, model]);
    }
    ordered.add(model);
  };
  for (const model of models) visit(model, []);
  return [...ordered];
}
