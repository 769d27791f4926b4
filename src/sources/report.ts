import type { Fault } from '../errors.ts';
import type { ImportKind } from './kinds.ts';

/** What became of the rows of a dataset. */
export interface DatasetCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
}

type Counts = Readonly<Record<string, number>>;

/** What an import did. It names lines and columns and holds no value of the file. */
export interface ImportReport {
  readonly kind: ImportKind;
  readonly file: string;
  readonly tenant: string;
  /** Records read, bad and ignored ones included. */
  readonly rows: number;
  /** The first thousand bad records; `badCount` counts all. */
  readonly bad: readonly Fault[];
  readonly badCount: number;
  readonly byDataset: Readonly<Record<string, DatasetCounts>>;
  readonly subjectsCreated: number;
  /** Values that were not stored because the policy names no item for them, by `dataset.field`. */
  readonly notNamedByPolicy: Counts;
  /** Datasets, or columns that no row can lack, that were stored though the policy does not name them. */
  readonly undeclared: readonly string[];
  /** Records that are of no use here, by what they are. */
  readonly ignored: Counts;
  /** Values that the file does not tell and that were assumed, by `dataset.field`. */
  readonly assumed: Counts;
  /** Values that were not stored because they do not fit, by `dataset.field`: an extension is no E.164 number. */
  readonly unusable: Counts;
}

const LISTED = 1000;

/** Counts while an import runs. */
export class Tally {
  readonly bad: Fault[] = [];
  readonly byDataset: Record<string, DatasetCounts> = {};
  readonly notNamedByPolicy: Record<string, number> = {};
  readonly undeclared = new Set<string>();
  readonly ignored: Record<string, number> = {};
  readonly assumed: Record<string, number> = {};
  readonly unusable: Record<string, number> = {};
  rows = 0;
  badCount = 0;
  subjectsCreated = 0;

  refuse(path: string, reason: string): void {
    this.badCount += 1;
    if (this.bad.length < LISTED) this.bad.push({ path, reason });
  }

  report(kind: ImportKind, file: string, tenant: string): ImportReport {
    const { rows, bad, badCount, byDataset, subjectsCreated, notNamedByPolicy, ignored, assumed, unusable } = this;
    const undeclared = [...this.undeclared].sort();
    return {
      kind,
      file,
      tenant,
      rows,
      bad,
      badCount,
      byDataset,
      subjectsCreated,
      notNamedByPolicy,
      undeclared,
      ignored,
      assumed,
      unusable,
    };
  }
}

/** Adds to a counter. */
export function count(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by;
}
