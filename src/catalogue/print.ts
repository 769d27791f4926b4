import { datasets, itemsOf } from './look-up.ts';

/** One column of the catalogue, flat. */
export interface CatalogueRow {
  readonly dataset: string;
  readonly model: string;
  readonly column: string;
  readonly kind: 'personal' | 'link' | 'system' | 'secret';
  readonly items: readonly string[];
  readonly sensitivity: string | null;
  readonly provenance: string | null;
  readonly format: string | null;
}

/** The whole catalogue, a row a column. */
export function catalogueRows(): CatalogueRow[] {
  return datasets.flatMap(({ name, model, fields }) =>
    Object.entries(fields).map(([column, entry]): CatalogueRow => {
      const provenance =
        entry.kind !== 'personal'
          ? null
          : typeof entry.provenance === 'string'
            ? entry.provenance
            : `by ${entry.provenance.by}`;
      return {
        dataset: name,
        model,
        column,
        kind: entry.kind,
        items: itemsOf(entry),
        sensitivity: entry.kind === 'personal' ? entry.sensitivity : null,
        provenance,
        format: entry.kind === 'personal' || entry.kind === 'system' ? entry.format : null,
      };
    }),
  );
}
