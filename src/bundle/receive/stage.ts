import type { ModelName } from '../../catalogue/dataset.ts';
import { sqlName } from '../../catalogue/look-up.ts';
import type { Writer } from '../../store/session.ts';
import { sql, type Sql } from '../../store/sql.ts';
import type { ReceivedRow } from './check-row.ts';
import type { RowFile } from './row-files.ts';

/** The rows of a bundle in temporary tables, one a model: a row of data and its context are one row there. */
export interface Stage {
  readonly models: readonly ModelName[];
  /** The columns that the bundle carries of a model. */
  carried(model: ModelName): readonly string[];
  /** Adds rows; false when one has the id of an earlier row of its file. */
  add(file: RowFile, rows: readonly ReceivedRow[]): Promise<boolean>;
}

/** Opens a stage that is gone with its transaction. */
export function openStage(writer: Writer): Stage {
  const fields = new Map<ModelName, Set<string>>();
  const files: string[] = [];
  return {
    get models() {
      return [...fields.keys()];
    },
    carried: (model) => [...(fields.get(model) ?? [])],
    async add(file, rows) {
      const { model } = file.section.dataset;
      if (!fields.has(model)) await createStage(writer, model);
      const carried = fields.get(model) ?? new Set<string>();
      fields.set(model, carried);
      const names = Object.keys(rows[0]?.values ?? {});
      for (const name of names) carried.add(name);
      if (!files.includes(file.path)) files.push(file.path);
      const columns = names.map(columnOf);
      const merged = columns.map((column) => sql`${column} = COALESCE(s.${column}, EXCLUDED.${column})`);
      const json = JSON.stringify(rows.map(({ values }) => toColumns(values)));
      const added = await writer.execute(sql`
        INSERT INTO ${stageOf(model)} AS s (${sql.join(columns)}, received_from, in_data)
        SELECT ${sql.join(columns)}, ${files.indexOf(file.path)}::int, ${file.place === 'data'}::boolean
        FROM json_populate_recordset(NULL::${stageOf(model)}, ${json}::json)
        ON CONFLICT (id) DO UPDATE SET ${sql.join(merged)}, received_from = EXCLUDED.received_from, in_data = s.in_data OR EXCLUDED.in_data
        WHERE s.received_from <> EXCLUDED.received_from`);
      return added === rows.length;
    },
  };
}

async function createStage(writer: Writer, model: ModelName): Promise<void> {
  const stage = stageOf(model);
  await writer.execute(sql`CREATE TEMP TABLE ${stage} ON COMMIT DROP AS SELECT * FROM ${tableOf(model)} WHERE false`);
  await writer.execute(
    sql`ALTER TABLE ${stage} ADD PRIMARY KEY (id), ADD COLUMN received_from int NOT NULL, ADD COLUMN in_data boolean NOT NULL`,
  );
}

function toColumns(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [sqlName(field), value]));
}

export function tableOf(model: ModelName): Sql {
  return sql.identifier(sqlName(model));
}

export function stageOf(model: ModelName): Sql {
  return sql.identifier(`received_${sqlName(model)}`);
}

export function columnOf(field: string): Sql {
  return sql.identifier(sqlName(field));
}
