import type { WrittenFile } from './archive.ts';
import type { MissingFile } from './blob-files.ts';
import type { SectionCounts } from './count.ts';
import type { Section } from './plan.ts';
import type { RedactionCounts, RedactionRule } from './redact.ts';
import type { Place } from './select.ts';
import type { Omission } from './tally.ts';

/** A file of the bundle, as its manifest lists it. */
export interface ListedFile extends WrittenFile {
  readonly dataset?: string;
  readonly rows?: number;
}

/** A file of rows. */
export type DatasetFile = ListedFile & { readonly rows: number };

/** What became of one section: what the counts promised, what was written, what was blanked. */
export interface SectionRecord extends SectionCounts {
  readonly exported: { readonly [P in Place]: number };
  readonly redactions: RedactionCounts;
}

/** Everything that was written, kept while a bundle is built and turned into its manifest. */
export class Ledger {
  readonly files: ListedFile[] = [];
  /** Stored files that rows name and that are lost. */
  readonly missing: MissingFile[] = [];
  readonly #sections = new Map<
    Section,
    { counts: SectionCounts; exported: Record<Place, number>; redactions: RedactionCounts }
  >();

  #exported = 0;

  constructor(counts: readonly SectionCounts[]) {
    for (const each of counts)
      this.#sections.set(each.section, { counts: each, exported: { data: 0, context: 0 }, redactions: {} });
  }

  file(file: ListedFile): void {
    this.files.push(file);
  }

  miss(files: readonly MissingFile[]): void {
    this.missing.push(...files);
  }

  rows(section: Section, place: Place, rows: number, redactions: RedactionCounts): void {
    const record = this.#sections.get(section);
    if (record === undefined) throw new TypeError(`${section.name} was not counted`);
    record.exported[place] = rows;
    this.#exported += rows;
    for (const [rule, count] of Object.entries(redactions)) {
      const key = rule as RedactionRule;
      record.redactions[key] = (record.redactions[key] ?? 0) + count;
    }
  }

  /** How many rows were written. */
  get exported(): number {
    return this.#exported;
  }

  get datasetFiles(): readonly DatasetFile[] {
    return this.files.filter((file) => file.rows !== undefined) as DatasetFile[];
  }

  get sections(): readonly SectionRecord[] {
    return [...this.#sections.values()].map(({ counts, exported, redactions }) => ({
      ...counts,
      exported,
      redactions,
    }));
  }

  get omissions(): readonly (Omission & { readonly dataset: string })[] {
    return this.sections.flatMap(({ section, omissions }) =>
      omissions.map((each) => ({ ...each, dataset: section.name })),
    );
  }
}
