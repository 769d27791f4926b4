/** What became of the rows of a dataset. */
export interface ReceivedCounts {
  readonly inserted: number;
  readonly unchanged: number;
}

/** What an import of a bundle did; no value of the bundle is in it. */
export interface ReceiveReport {
  readonly file: string;
  readonly tenant: string;
  readonly subjectId: string;
  /** Whether the person was not known here before. */
  readonly subjectCreated: boolean;
  /** The operator who made the bundle, as it says itself. */
  readonly from: string;
  /** The key that signed it; null where nobody asked. */
  readonly kid: string | null;
  readonly byDataset: Readonly<Record<string, ReceivedCounts>>;
  readonly files: number;
  /** Values that no row here can lack and that the bundle does not carry, by `dataset.field`. */
  readonly filled: Readonly<Record<string, number>>;
  /** Rows that others name and the bundle does not carry: made with their id and nothing else, by dataset. */
  readonly stubs: Readonly<Record<string, number>>;
  /** Rows that were not stored, by dataset and reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** Counts while a bundle is received. */
export interface Receipt {
  inserted(dataset: string, rows: number): void;
  unchanged(dataset: string, rows: number): void;
  filled(column: string, rows: number): void;
  stub(dataset: string, rows: number): void;
  leftOut(dataset: string, rows: number, reason: string): void;
  file(): void;
  counts(): Pick<ReceiveReport, 'byDataset' | 'files' | 'filled' | 'stubs' | 'leftOut'>;
}

export function openReceipt(): Receipt {
  const byDataset = new Map<string, ReceivedCounts>();
  const filled: Record<string, number> = {};
  const stubs: Record<string, number> = {};
  const leftOut: Record<string, number> = {};
  let files = 0;
  const add = (counts: Record<string, number>, key: string, rows: number): void => {
    if (rows > 0) counts[key] = (counts[key] ?? 0) + rows;
  };
  const rows = (dataset: string, inserted: number, unchanged: number): void => {
    const known = byDataset.get(dataset) ?? { inserted: 0, unchanged: 0 };
    if (inserted + unchanged > 0)
      byDataset.set(dataset, { inserted: known.inserted + inserted, unchanged: known.unchanged + unchanged });
  };
  return {
    inserted: (dataset, count) => rows(dataset, count, 0),
    unchanged: (dataset, count) => rows(dataset, 0, count),
    filled: (column, count) => add(filled, column, count),
    stub: (dataset, count) => add(stubs, dataset, count),
    leftOut: (dataset, count, reason) => add(leftOut, `${dataset}: ${reason}`, count),
    file: () => void (files += 1),
    counts: () => ({ byDataset: Object.fromEntries(byDataset), files, filled, stubs, leftOut }),
  };
}
