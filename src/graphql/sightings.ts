import type { DenialReason } from '../access/visibility.ts';
import type { AuditAction } from '../audit/words.ts';

/** What was refused as a whole, as the audit log is told it. */
export interface Refusal {
  readonly action: AuditAction;
  /** An error's code or the reason of a denial. */
  readonly denial: string;
  /** Whom it would have been about, as the caller said it; null when it names nobody. */
  readonly subjectId: string | null;
}

/** A bundle that was built into an answer. */
interface Taken {
  readonly scope: string;
  readonly format: string;
}

/** What one request sees of one person: items and datasets, never values. */
export class Sighting {
  readonly subjectId: string;
  /** Items that were told, or told to be absent. */
  readonly clear = new Set<string>();
  readonly masked = new Set<string>();
  /** Datasets that were counted. */
  readonly counted = new Set<string>();
  /** Datasets whose rows were told to be there. */
  readonly rows = new Set<string>();
  /** Items that were not shown, with the reason: `CP-15:GRANT_REQUIRED`; `*` for a whole dataset. */
  readonly denied = new Set<string>();
  readonly taken: Taken[] = [];
  /** Ids of the grants and instructions under which it was seen. */
  readonly grants = new Set<string>();
  readonly instructions = new Set<string>();
  #reached: 'LOOK' | 'SEARCH' | null = null;

  constructor(subjectId: string) {
    this.subjectId = subjectId;
  }

  /** How the person was reached; null when they were not. One who was looked at by id and found as well was looked at. */
  get reached(): 'LOOK' | 'SEARCH' | null {
    return this.#reached;
  }

  /** True when nothing but refusals came of the look. */
  get isRefused(): boolean {
    const seen = this.clear.size + this.masked.size + this.counted.size + this.rows.size + this.taken.length;
    return this.denied.size > 0 && seen === 0;
  }

  reach(how: 'LOOK' | 'SEARCH'): void {
    this.#reached = this.#reached === 'LOOK' ? 'LOOK' : how;
  }

  show(item: string): void {
    this.clear.add(item);
  }

  mask(item: string): void {
    this.masked.add(item);
  }

  count(dataset: string): void {
    this.counted.add(dataset);
  }

  open(dataset: string): void {
    this.rows.add(dataset);
  }

  take(taken: Taken): void {
    this.taken.push(taken);
  }

  /** That nothing is held or named is no denial. */
  deny(item: string | null, reason: DenialReason): void {
    if (reason !== 'NOT_COLLECTED') this.denied.add(`${item ?? '*'}:${reason}`);
  }
}
