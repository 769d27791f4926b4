import { provenanceFor } from '../../catalogue/look-up.ts';
import type { Provenance } from '../../catalogue/vocabulary.ts';
import { describeItem, type ItemDescription } from '../../policy/describe.ts';
import type { Item } from '../../policy/schema.ts';
import type { Ledger, SectionRecord } from '../ledger.ts';
import { isHeld } from '../manifest.ts';
import { placeOf, type BundlePlan } from '../plan.ts';

/** One item of the policy of which something is held about this person. */
export interface HeldItem {
  readonly item: Item;
  readonly described: ItemDescription;
  /** The sections in which it is held, as the bundle names them. */
  readonly sections: readonly SectionRecord[];
  /** True when it is told that it is held, and its value never (trap X39). */
  readonly secret: boolean;
}

/** What is held about one person, as far as the operator answers for it. */
export interface Held {
  /** Sections of which rows are in the bundle. */
  readonly told: readonly SectionRecord[];
  /** Those, and sections of which only that something is held may be said. */
  readonly confirmed: readonly SectionRecord[];
  readonly items: readonly HeldItem[];
}

/** Finds what is held; what is another controller's to confirm is not in it. */
export function findHeld({ policy }: BundlePlan, ledger: Ledger): Held {
  const { sections } = ledger;
  const told = sections.filter(({ expected }) => expected.data + expected.context > 0);
  const items = policy.items.flatMap((item): HeldItem[] => {
    const open = told.filter((record) => record.told?.items.includes(item.id));
    const closed = sections.filter((record) => secretsIn(record).some((secret) => secret.item === item.id));
    const holding = open.length > 0 ? open : closed;
    if (holding.length === 0) return [];
    return [{ item, described: describeItem(policy, item), sections: holding, secret: open.length === 0 }];
  });
  return { told, confirmed: sections.filter(isHeld), items };
}

/** The secrets that are held in a section: that they are, and how many. */
export function secretsIn(record: SectionRecord): SectionRecord['omissions'] {
  return record.omissions.filter(({ reason, count }) => reason === 'SECRET' && (count ?? 0) > 0);
}

/** Columns that hold something, that the policy names nowhere, and that the bundle tells all the same. */
export function undeclaredIn({ section, undeclared }: SectionRecord): readonly string[] {
  return section.columns
    .filter(({ cases }) => cases.some(({ fate }) => fate.kind === 'UNDECLARED' && fate.included))
    .map(({ field }) => field)
    .filter((field) => undeclared.includes(field));
}

/** How the values of a section came about: as its rows say or, where they do not, as the policy does for the relation. */
export function provenancesOf({ section, told }: SectionRecord): readonly Provenance[] {
  const found = section.columns.flatMap(({ entry, cases }) =>
    cases.flatMap(({ item, fate, words }) => {
      if (item === null || placeOf(fate) === null || told?.items.includes(item.id) !== true) return [];
      return provenanceFor(entry, words) ?? item.provenanceFor?.[section.relation] ?? item.provenance ?? [];
    }),
  );
  return [...new Set(found)];
}
