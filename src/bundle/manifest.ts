import { homeOf } from '../policy/home.ts';
import { describeItem } from '../policy/describe.ts';
import { dispositionOf } from '../policy/disposition.ts';
import type { Item } from '../policy/schema.ts';
import { basisTerms, itemTerms, purposeTerms, storageTerms } from './dpv/classify.ts';
import { TERMS, typed } from './dpv.ts';
import { kept } from './kept.ts';
import type { Ledger, ListedFile, SectionRecord } from './ledger.ts';
import type { BundlePlan, Fate } from './plan.ts';

/** Who the bundle is from, for and of when. */
export interface Heading {
  readonly tenant: { readonly id: string; readonly name: string };
  readonly subjectId: string;
  readonly format: 'ZIP' | 'JSON';
  readonly snapshot: { readonly id: string; readonly at: string };
}

/** A manifest, of which only the list of files is read again. */
export interface ManifestHead {
  readonly files: readonly ListedFile[];
  readonly [key: string]: unknown;
}

/** The manifest: what is here, for whom, under which policy, from which snapshot, and what is not here and why. */
export function buildManifest(heading: Heading, plan: BundlePlan, ledger: Ledger): ManifestHead {
  const { policy, scope } = plan;
  const held = ledger.sections.filter(isHeld);
  return {
    '@context': TERMS,
    '@type': ['dpv:PersonalDataProcess'],
    format: 'carryall-bundle',
    formatVersion: 1,
    scope,
    article: scope === 'ACCESS' ? '15' : '20',
    container: heading.format,
    tenant: heading.tenant,
    subject: typed(['dpv:DataSubject'], { id: heading.subjectId }),
    policy: policyOf(policy),
    snapshot: heading.snapshot,
    datasets: held.map((record) => describeSection(record)),
    files: ledger.files,
    items: describeItems(plan, held),
    omissions: omissionsOf(ledger),
    missing: ledger.missing,
    referrals: referralsOf(plan),
    redactions: held.flatMap(({ section, redactions }) =>
      Object.entries(redactions).map(([rule, count]) => ({ dataset: section.name, rule, count })),
    ),
    assumptions: policy.assumptions,
  };
}

const policyOf = kept(({ code, name, version, header: { effectiveDate: date }, source }: BundlePlan['policy']) =>
  Object.freeze({
    code,
    name,
    version,
    effectiveDate: date.status === 'STATED' ? { value: date.value, precision: date.precision } : null,
    source,
  }),
);

/** True when something of a section is held and this person may be told so. */
export function isHeld(record: SectionRecord): boolean {
  return (
    record.expected.data + record.expected.context + record.expired + record.overdue > 0 ||
    record.omissions.some(({ count, reason }) => (count ?? 0) > 0 && reason !== 'ABOUT_ANOTHER_PERSON')
  );
}

function describeSection({ section, expected, exported, expired, overdue, undeclared }: SectionRecord): object {
  return {
    name: section.name,
    title: section.dataset.title,
    relation: section.relation,
    expected,
    exported,
    expired,
    overdue,
    undeclared,
  };
}

const described = kept<BundlePlan, Map<string, readonly object[]>>(() => new Map());
/** People differ by which datasets hold something of them; most are alike. */
const MOST_DESCRIBED = 50;

/** What became of each item: the same for all who have the same plan and something in the same datasets. */
function describeItems(plan: BundlePlan, held: readonly SectionRecord[]): readonly object[] {
  const known = described(plan);
  const key = held.map(({ section }) => section.name).join(' ');
  const items = known.get(key) ?? Object.freeze(plan.policy.items.map((item) => describeFate(plan, item, held)));
  if (known.size >= MOST_DESCRIBED) known.clear();
  known.set(key, items);
  return items;
}

/** What became of an item, in every dataset where it is held. */
function describeFate(plan: BundlePlan, item: Item, held: readonly SectionRecord[]): object {
  const described = describeItem(plan.policy, item);
  const { effective } = described.retention;
  const fates = new Map<string, object>();
  for (const { section } of held) {
    for (const { cases } of section.columns) {
      for (const each of cases) {
        if (each.item !== item) continue;
        const fate = { dataset: section.name, relation: section.relation, ...each.fate };
        fates.set(JSON.stringify(fate), fate);
      }
    }
  }
  return typed(itemTerms(item), {
    id: item.id,
    item: item.item,
    clause: item.clause,
    category: item.category,
    provenance: item.provenance ?? null,
    sensitivity: item.sensitivity,
    home: homeOf(plan.policy, item),
    role: described.role.holder,
    controller: typed(['dpv:DataController'], { name: described.role.controller }),
    processors: described.role.processors.map((name) => typed(['dpv:DataProcessor'], { name })),
    purposes: described.purposes.map((purpose) => typed(purposeTerms(plan.policy, purpose.id), purpose)),
    bases: described.bases.map((basis) => typed(basisTerms(basis.articles), basis)),
    recipients: described.recipients
      .filter(({ dataShared }) => dataShared)
      .map((recipient) => typed(['dpv:Recipient'], recipient)),
    retention: typed(storageTerms(effective.kind === 'COMPUTABLE'), {
      rules: item.retention,
      text: described.retention.text,
      ...(effective.kind === 'COMPUTABLE' ? { max: effective.max, triggerStated: effective.triggerStated } : {}),
    }),
    status: described.status,
    assumptions: described.assumptions.map(({ id }) => id),
    dispositions: [...fates.values()],
  });
}

/** Each omission once, with its count; a zero count says that nothing of the kind is held and is left out. */
function omissionsOf(ledger: Ledger): object[] {
  const grouped = new Map<
    string,
    {
      dataset: string;
      item: string | null;
      reason: string;
      detail: string | null;
      fields: string[];
      count: number | null;
    }
  >();
  for (const { dataset, item, field, reason, detail, count } of ledger.omissions) {
    if (count === 0) continue;
    const key = JSON.stringify([dataset, item, reason, detail]);
    const group = grouped.get(key);
    if (group === undefined) grouped.set(key, { dataset, item, reason, detail, fields: [field], count });
    else {
      if (!group.fields.includes(field)) group.fields.push(field);
      group.count = group.count === null || count === null ? null : Math.max(group.count, count);
    }
  }
  const expired = ledger.sections
    .filter((record) => record.expired > 0)
    .map((record) => ({
      dataset: record.section.name,
      item: null,
      reason: 'EXPIRED',
      detail: 'the retention period is over',
      fields: [],
      count: record.expired,
    }));
  return [...grouped.values(), ...expired, ...lostFiles(ledger)];
}

function lostFiles({ missing }: Ledger): object[] {
  const datasets = [...new Set(missing.map(({ dataset }) => dataset))];
  return datasets.map((dataset) => ({
    dataset,
    item: null,
    reason: 'MISSING',
    detail: 'the stored file is lost',
    fields: ['file'],
    count: missing.filter((file) => file.dataset === dataset).length,
  }));
}

/** Where to ask for what is not held here: on the person's own device, or at a third party (Art. 15(1)(g) in reverse). */
const referralsOf = kept(({ policy, scope }: BundlePlan): readonly object[] => {
  const referrals = policy.items.flatMap((item) => {
    const fate: Fate = dispositionOf({
      policy,
      item,
      relation: 'ACCOUNT_HOLDER',
      scope,
      instruction: null,
      contractAlive: true,
    });
    if (fate.kind !== 'REFER') return [];
    return [
      {
        item: item.id,
        name: item.item,
        where: fate.where === 'DEVICE' ? 'HELD_ON_DEVICE' : 'HELD_BY_THIRD_PARTY',
        party: fate.party,
        ...witnessOf(policy, item),
      },
    ];
  });
  return Object.freeze(referrals);
});

/** The rule that says where the data live is the better witness than the line that names the item; clause and quote go together. */
function witnessOf(policy: BundlePlan['policy'], item: Item): { readonly clause: string; readonly quote: string } {
  const rule = policy.retention.find(({ id }) => item.retention.includes(id));
  if (rule?.quote === undefined || rule.clause === undefined) return { clause: item.clause, quote: item.quote };
  return { clause: rule.clause, quote: rule.quote };
}
