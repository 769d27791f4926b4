import type { ModelName } from '../../catalogue/dataset.ts';
import { type AnyField, columnType, type ColumnType, datasetOf, datasets } from '../../catalogue/look-up.ts';
import type { ImportContext } from '../context.ts';
import { BadRow, type Importer, type Meaning, Person, type Read, type Row } from '../importer.ts';
import { count, type Tally } from '../report.ts';
import { checkColumn } from '../values/column.ts';
import type { Door } from './door.ts';
import type { Stage, StagedRow } from './stage.ts';
import type { Subjects } from './subjects.ts';

interface Parts {
  readonly context: ImportContext;
  readonly tally: Tally;
  readonly door: Door;
  readonly stage: Stage;
  readonly subjects: Subjects;
  readonly required: ReadonlyMap<ModelName, readonly string[]>;
  readonly source: string;
}

interface Understood {
  readonly place: string;
  readonly people: readonly Person[];
  readonly rows: readonly StagedRow[];
}

const LARGEST_BATCH = 2000;

interface Column {
  readonly type: ColumnType;
  readonly entry: AnyField;
}

const columns: ReadonlyMap<ModelName, ReadonlyMap<string, Column>> = new Map(
  datasets.map(({ model, fields }) => [
    model,
    new Map(Object.entries(fields).map(([field, entry]) => [field, { type: columnType(model, field), entry }])),
  ]),
);

/**
 * Takes records one by one and stages them in batches: a few statements a batch. While one batch is written, the next is
 * read, so there are never more than two in memory. To be disposed before its transaction ends: a statement that came
 * after a rollback would be kept.
 */
export class Batches implements AsyncDisposable {
  readonly #parts: Parts;
  #waiting: Understood[] = [];
  #rows = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes a record; true when a batch was written with it. */
  async take(importer: Importer, read: Read): Promise<boolean> {
    const { tally } = this.#parts;
    tally.rows += 1;
    if (read.kind === 'bad') {
      tally.refuse(read.place, read.reason);
      return false;
    }
    try {
      const meaning = await importer.understand(read.value);
      if (typeof meaning === 'string') count(tally.ignored, meaning);
      else this.#hold(read.place, meaning);
    } catch (error) {
      if (!(error instanceof BadRow)) throw error;
      tally.refuse(read.place, error.message);
    }
    if (this.#rows < LARGEST_BATCH) return false;
    await this.#next();
    return true;
  }

  /** Writes what waits. */
  async flush(): Promise<void> {
    await this.#next();
    await this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing.catch(() => {});
  }

  async #next(): Promise<void> {
    await this.#writing;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#rows = 0;
    this.#writing = this.#write(batch);
    // Whoever awaits it next is told; nobody may ever, if reading fails first.
    this.#writing.catch(() => {});
  }

  async #write(batch: readonly Understood[]): Promise<void> {
    const subjectOf = new Map<Person, string>();
    const refused = await this.#parts.subjects.settle(batch, subjectOf);
    for (const [index, reason] of refused) this.#parts.tally.refuse(batch[index]?.place ?? '', reason);
    const good = batch.filter((_, index) => !refused.has(index)).flatMap(({ rows }) => rows);
    for (const { values } of good) resolve(values, subjectOf);
    await this.#parts.stage.add(good);
  }

  #hold(place: string, meaning: Meaning): void {
    const { tally } = this.#parts;
    const reasons: string[] = [...(meaning.faults ?? [])];
    const rows = meaning.rows.flatMap((row) => this.#admit(place, row, reasons));
    if (reasons.length > 0) throw new BadRow(reasons.join('; '));
    for (const column of meaning.unnamed ?? []) count(tally.notNamedByPolicy, column);
    for (const column of meaning.unusable ?? []) count(tally.unusable, column);
    for (const row of rows)
      for (const field of row.assumed) count(tally.assumed, `${datasetOf(row.model).name}.${field}`);
    this.#waiting.push({ place, people: meaning.people, rows });
    this.#rows += 1 + rows.length;
  }

  #admit(place: string, row: Row, reasons: string[]): StagedRow[] {
    const { door, context, source } = this.#parts;
    const { model, soft = [], assumed = [] } = row;
    const dataset = datasetOf(model);
    const values: Record<string, unknown> = {};
    for (const [field, value] of Object.entries(row.values)) {
      const column = columns.get(model)?.get(field);
      if (column === undefined) throw new TypeError(`No column ${model}.${field}`);
      if (value === undefined) continue;
      const checked =
        value instanceof Person ? { value } : checkColumn(column.type, column.entry, value, context.country);
      if ('value' in checked) values[field] = checked.value;
      else reasons.push(`${field} must be ${checked.wanted}`);
    }
    for (const field of this.#parts.required.get(model) ?? []) {
      if (!(field in row.values) || row.values[field] === undefined) reasons.push(`${field} is missing`);
    }
    if (reasons.length > 0) return [];
    const admitted = door.admit({ ...row, values });
    if (admitted === null) return [];
    admitted['tenantId'] = context.tenant;
    admitted['id'] = row.id;
    if ('subjectId' in dataset.fields) admitted['subjectId'] = values['subjectId'] ?? null;
    if ('sourceSystem' in dataset.fields) admitted['sourceSystem'] = values['sourceSystem'] ?? source;
    return [{ model, place, values: admitted, soft, assumed: assumed.filter((field) => field in admitted) }];
  }
}

// In place of each person, the id of the subject.
function resolve(values: Record<string, unknown>, subjectOf: ReadonlyMap<Person, string>): void {
  for (const [field, value] of Object.entries(values)) {
    if (value instanceof Person) values[field] = subjectOf.get(value);
  }
}
