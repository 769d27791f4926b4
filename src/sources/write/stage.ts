import type { ModelName } from '../../catalogue/dataset.ts';
import { datasetOf, datasets, sqlName } from '../../catalogue/look-up.ts';
import type { Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';

/** A row that is ready for its table: values by field, with all keys. */
export interface StagedRow {
  readonly model: ModelName;
  readonly place: string;
  readonly values: Record<string, unknown>;
  readonly soft: readonly string[];
  readonly assumed: readonly string[];
}

/** Which fields some rows of a model have; each shape is written by a statement of its own, so that it leaves the rest alone. */
export interface Shape {
  readonly fields: readonly string[];
  readonly assumed: readonly string[];
}

/**
 * Temporary tables that hold the rows of the file until all of it is known to be good: memory stays flat, and the checks
 * that need the whole file are joins.
 */
export class Stage {
  readonly #writer: Writer;
  readonly #shapes = new Map<ModelName, Map<string, { readonly shape: Shape; readonly index: number }>>();
  readonly #soft = new Map<ModelName, Set<string>>();

  private constructor(writer: Writer) {
    this.#writer = writer;
  }

  static async open(writer: Writer): Promise<Stage> {
    await writer.execute(
      sql`CREATE TEMP TABLE import_subject (id text PRIMARY KEY, place text NOT NULL) ON COMMIT DROP`,
    );
    await writer.execute(sql`CREATE TEMP TABLE import_bad (place text PRIMARY KEY) ON COMMIT DROP`);
    return new Stage(writer);
  }

  get models(): ModelName[] {
    return [...this.#shapes.keys()];
  }

  shapesOf(model: ModelName): readonly { readonly shape: Shape; readonly index: number }[] {
    return [...(this.#shapes.get(model)?.values() ?? [])];
  }

  isSoft(model: ModelName, field: string): boolean {
    return this.#soft.get(model)?.has(field) ?? false;
  }

  async add(rows: readonly StagedRow[]): Promise<void> {
    const groups = new Map<string, { model: ModelName; shape: Shape; index: number; rows: string[] }>();
    for (const row of rows) {
      const { shape, index } = await this.#shape(row);
      const group = groups.get(`${row.model} ${index}`) ?? { model: row.model, shape, index, rows: [] };
      groups.set(`${row.model} ${index}`, group);
      group.rows.push(toJson(row));
      if (row.soft.length > 0) this.#soft.set(row.model, new Set([...(this.#soft.get(row.model) ?? []), ...row.soft]));
    }
    for (const { model, shape, index, rows: group } of groups.values()) {
      const columns = sql.join([...shape.fields.map(columnOf), sql`import_place`]);
      // Columns that are not listed keep their default.
      await this.#writer.execute(sql`
        INSERT INTO ${stageOf(model)} (${columns}, import_shape)
        SELECT ${columns}, ${index}::int FROM json_populate_recordset(NULL::${stageOf(model)}, ${`[${group.join(',')}]`}::json)`);
    }
  }

  async #shape({ model, values, assumed }: StagedRow): Promise<{ readonly shape: Shape; readonly index: number }> {
    const shapes = this.#shapes.get(model) ?? (await this.#create(model));
    const key = `${Object.keys(values).join()};${assumed.join()}`;
    const known = shapes.get(key);
    if (known) return known;
    const made = { shape: { fields: Object.keys(values), assumed }, index: shapes.size };
    shapes.set(key, made);
    return made;
  }

  async #create(model: ModelName): Promise<Map<string, { readonly shape: Shape; readonly index: number }>> {
    const table = stageOf(model);
    await this.#writer.execute(
      sql`CREATE TEMP TABLE ${table} (LIKE ${tableOf(model)} INCLUDING DEFAULTS) ON COMMIT DROP`,
    );
    if ('subjectId' in datasetOf(model).fields)
      await this.#writer.execute(sql`ALTER TABLE ${table} ALTER COLUMN subject_id DROP NOT NULL`);
    await this.#writer.execute(sql`
      ALTER TABLE ${table} ADD COLUMN import_place text NOT NULL, ADD COLUMN import_shape int NOT NULL,
        ADD COLUMN import_seq bigint GENERATED ALWAYS AS IDENTITY`);
    const shapes = new Map<string, { readonly shape: Shape; readonly index: number }>();
    this.#shapes.set(model, shapes);
    return shapes;
  }
}

function toJson({ values, place }: StagedRow): string {
  const row: Record<string, unknown> = { import_place: place };
  for (const [field, value] of Object.entries(values)) row[columnNames.get(field) ?? field] = value;
  return JSON.stringify(row);
}

const columnNames = new Map(
  datasets.flatMap(({ fields }) => Object.keys(fields).map((field) => [field, sqlName(field)])),
);

export function tableOf(model: ModelName): Sql {
  return sql.identifier(sqlName(model));
}

export function stageOf(model: ModelName): Sql {
  return sql.identifier(`import_of_${sqlName(model)}`);
}

export function columnOf(field: string): Sql {
  return sql.identifier(sqlName(field));
}
