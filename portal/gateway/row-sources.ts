import { ROW_SOURCES } from '../../src/generated/portal-documents/datasets.ts';

export interface RowColumn {
  readonly name: string;
  readonly type: string;
  readonly dataset?: string;
}

/** Something that has rows, as the gateway's schema tells it. */
export type RowSource = (typeof ROW_SOURCES)[number];

/** By the name of its field, which is its address too. */
export function rowSourceOf(field: string): RowSource | null {
  return ROW_SOURCES.find((source) => source.field === field) ?? null;
}

/** Where the rows of a dataset are shown, for a person who stands to them in this relation. */
export function rowSourceFor(dataset: string, relation: string): RowSource | null {
  const of = ROW_SOURCES.filter(({ datasets }) => (datasets as readonly string[]).includes(dataset));
  return of.find((source) => source.relation === relation) ?? of.find((source) => source.relation === null) ?? null;
}
