import type { ModelName } from '../../catalogue/dataset.ts';
import { columnType, datasetOf, datasets, itemsFor, wordFields, type AnyField } from '../../catalogue/look-up.ts';
import { count, type Tally } from '../report.ts';
import type { Row } from '../importer.ts';

const fieldsOfWords = new Map(datasets.map((dataset) => [dataset.model, wordFields(dataset)]));

type Verdict = 'STORE' | 'DROP' | 'UNDECLARED';

/**
 * Data minimisation at the door: what the tenant's policy names no item for is not stored, and is counted. Two exceptions,
 * both told in the report: a column without which there is no row, and a dataset of which the policy names nothing at
 * all, where leaving columns out would hide from the subject that the operator holds such rows.
 */
export class Door {
  readonly #named: ReadonlySet<string>;
  readonly #tally: Tally;
  readonly #verdicts = new Map<string, ReadonlyMap<string, Verdict>>();

  constructor(named: ReadonlySet<string>, tally: Tally) {
    this.#named = named;
    this.#tally = tally;
  }

  /** True when the policy names the item. */
  names(item: string): boolean {
    return this.#named.has(item);
  }

  /** The values of the row that may be stored, or null when it is left out. */
  admit(row: Row): Record<string, unknown> | null {
    const { name } = datasetOf(row.model);
    const verdicts = this.#verdictsFor(row);
    const declared = [...verdicts.values()].includes('STORE');
    const admitted: Record<string, unknown> = {};
    let stores = false;
    for (const [field, value] of Object.entries(row.values)) {
      const verdict = verdicts.get(field);
      const isPresent = value !== null && value !== undefined;
      if (verdict === undefined || verdict === 'STORE' || (!declared && !row.onlyIfNamed)) {
        admitted[field] = value;
        stores ||= verdict === 'STORE' && isPresent;
      } else if (verdict === 'UNDECLARED' && !row.onlyIfNamed) {
        admitted[field] = value;
        if (isPresent) this.#tally.undeclared.add(`${name}.${field}`);
      } else if (isPresent) {
        count(this.#tally.notNamedByPolicy, `${name}.${field}`);
      }
    }
    if (row.onlyIfNamed && !stores) return null;
    if (!declared && verdicts.size > 0) this.#tally.undeclared.add(name);
    return admitted;
  }

  #verdictsFor(row: Row): ReadonlyMap<string, Verdict> {
    const dataset = datasetOf(row.model);
    const words = new Map(fieldsOfWords.get(row.model)?.map((field) => [field, wordOf(row.values[field])]));
    const key = [row.model, ...words.values()].join(' ');
    const known = this.#verdicts.get(key);
    if (known) return known;
    const verdicts = new Map(
      Object.entries(dataset.fields).flatMap(([field, entry]): [string, Verdict][] => {
        const items = itemsIn(entry, words);
        return items === null ? [] : [[field, this.#verdict(row.model, field, items)]];
      }),
    );
    this.#verdicts.set(key, verdicts);
    return verdicts;
  }

  #verdict(model: ModelName, field: string, items: readonly string[]): Verdict {
    if (items.some((item) => this.#named.has(item))) return 'STORE';
    return columnType(model, field).required ? 'UNDECLARED' : 'DROP';
  }
}

function itemsIn(entry: AnyField, words: ReadonlyMap<string, string>): readonly string[] | null {
  switch (entry.kind) {
    case 'personal':
      return itemsFor(entry, words);
    case 'secret':
      return entry.items;
    case 'link':
    case 'system':
      return null;
    default:
      return entry satisfies never;
  }
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
