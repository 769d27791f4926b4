import { createHash } from 'node:crypto';
import { datasetNamed, datasets, type AnyDataset } from '../../catalogue/look-up.ts';
import { CarryallError } from '../../errors.ts';
import { type ImportContext, rowId } from '../context.ts';
import { BadRow, type Importer, type Meaning, Person } from '../importer.ts';
import type { KindOptions } from '../kinds.ts';
import { readJsonLines } from '../read/lines.ts';
import { idOf, type Json, objectAt, textOf } from '../values/parts.ts';
import { takeFile } from './attached-file.ts';
import { personAt, registeredBy, subjectOf } from './person.ts';

// What Carryall itself keeps of people (requests, bundles, audit) names no source, and comes in by no file.
const importable = datasets.filter(
  ({ model, subjects, fields }) =>
    model !== 'SubjectIdentifier' && 'sourceSystem' in fields && Object.keys(subjects).length > 0,
);

/** Keys of a line that are not fields. */
const FRAME = new Set(['dataset', 'id', 'subject', 'file']);
const KEYS = new Set(['tenantId', 'sourceSystem']);

/** Rows of any dataset, one JSON object a line, with the catalogue's field names. */
export function openPlain(context: ImportContext, options: KindOptions): Importer {
  const source = options.source ?? 'ndjson';
  const given = options.dataset === undefined ? null : importableNamed(options.dataset);
  if (options.dataset !== undefined && given === null) {
    throw new CarryallError(
      'BAD_INPUT',
      `No rows of that dataset can be imported; known are ${importable.map(({ name }) => name).join(', ')}.`,
    );
  }
  return {
    source,
    read: readJsonLines,
    // An account ties e-mail address, number and account id together for the lines that use one of them.
    isIdentity: (record) => datasetOfLine(record, given)?.model === 'Account',
    async understand(record) {
      const line = objectAt(record, 'the line');
      const dataset = datasetOfLine(line, given);
      if (dataset === null)
        throw new BadRow('dataset must be the name of a dataset that can be imported, on the line or by --dataset');
      return understand(context, source, dataset, line);
    },
  };
}

function importableNamed(name: string): AnyDataset | null {
  const dataset = datasetNamed(name);
  return dataset !== undefined && importable.includes(dataset) ? dataset : null;
}

function datasetOfLine(record: unknown, given: AnyDataset | null): AnyDataset | null {
  const name = typeof record === 'object' && record !== null ? textOf((record as Json)['dataset']) : null;
  return name === null ? given : importableNamed(name);
}

async function understand(context: ImportContext, source: string, dataset: AnyDataset, line: Json): Promise<Meaning> {
  const { model, fields } = dataset;
  const reasons: string[] = [];
  const values: Record<string, unknown> = {};
  const people: Person[] = [];
  for (const [key, value] of Object.entries(line)) {
    if (FRAME.has(key) || key === 'subjectId') continue;
    if (KEYS.has(key) || !Object.hasOwn(fields, key)) reasons.push(`${nameOf(key)} is no field of ${dataset.name}`);
    else values[key] = linked(context, source, dataset, key, value, people, reasons);
  }
  if ('subjectId' in fields) {
    const subject = subjectOf(context, line, reasons);
    if (typeof subject === 'string') values['subjectId'] = subject;
    const registered = dataset.model === 'Account' ? registeredBy(context, line) : [];
    if (subject instanceof Person || registered.length > 0) {
      const person = new Person([...(subject instanceof Person ? subject.identifiers : []), ...registered]);
      people.push(person);
      values['subjectId'] = person;
    }
  } else if ('subject' in line || 'subjectId' in line) {
    reasons.push(`rows of ${dataset.name} belong to no one person: leave out subject`);
  }
  if ('file' in line && reasons.length === 0)
    Object.assign(values, await takeFile(context, dataset, line['file'], values));
  return { people, rows: [{ model, id: rowId(context, model, source, keyOf(line)), values }], faults: reasons };
}

function linked(
  context: ImportContext,
  source: string,
  dataset: AnyDataset,
  field: string,
  value: unknown,
  people: Person[],
  reasons: string[],
): unknown {
  const key = context.foreignKeys.find((each) => each.child === dataset.model && each.field === field);
  if (key === undefined || value === null) return value;
  if (key.parent === 'Subject') {
    const person = personAt(context, value, field, reasons);
    if (person) people.push(person);
    return person ?? null;
  }
  const at = typeof value === 'object' ? (value as Json) : { id: value };
  const id = idOf(at['id']);
  if (id === null) reasons.push(`${field} must be the id of a row of the same source, or {"source", "id"}`);
  return id === null ? null : rowId(context, key.parent, textOf(at['source']) ?? source, id);
}

// Without an id of its own, a row is what it says: the same line again is the same row.
function keyOf(line: Json): string {
  const id = idOf(line['id']);
  if (id !== null) return id;
  if ('id' in line) throw new BadRow('id must be text or a whole number');
  return `content ${createHash('sha256')
    .update(JSON.stringify(Object.entries(line).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')}`;
}

// A key may be anything that a mistaken export put there, a value even.
function nameOf(key: string): string {
  return /^[A-Za-z][A-Za-z_]{0,39}$/.test(key) ? key : 'a key';
}
