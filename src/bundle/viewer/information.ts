import { retentionOf } from '../../policy/retention.ts';
import type { Policy, RetentionRule } from '../../policy/schema.ts';
import type { InformationFacts, ManifestFacts } from './facts.ts';
import type { AuthorityModel, ContactModel, ControllerModel, InformationModel, RuleModel } from './model.ts';

/** The information of Art. 15(1)(a)-(h) as the page tells it: grouped, so that the same thing is said once. */
export function informationModel(
  information: InformationFacts,
  manifest: ManifestFacts,
  policy: Policy,
): InformationModel {
  const held = new Set(information.categories.flatMap(({ items }) => items.map(({ id }) => id)));
  const items = manifest.items.filter(({ id }) => held.has(id));
  return {
    processed: information.confirmation.processed,
    purposes: grouped(
      information.categories.flatMap(({ category, purposes }) =>
        purposes.map(({ quote }) => ({ key: quote, item: category })),
      ),
    ).map(({ key, items: categories }) => ({ quote: key, categories })),
    bases: distinct(items.flatMap(({ bases }) => bases.flatMap(basesOf))),
    categories: information.categories.map(({ category, items: of }) => ({
      category,
      items: of.map(({ item }) => item),
    })),
    recipients: information.recipients.map(({ name, named, country, safeguard }) => ({
      name,
      named,
      country,
      safeguard,
    })),
    recipientsWithoutData: information.recipientsWithoutData.map(({ name }) => name),
    transfers:
      information.transfers.safeguards === undefined
        ? null
        : { countries: information.transfers.countries ?? [], safeguards: information.transfers.safeguards },
    retention: grouped(
      items.map(({ id, item }) => {
        const declared = policy.items.find((each) => each.id === id);
        return { key: declared === undefined ? [] : retentionOf(policy, declared).rules.flatMap(rulesOf), item };
      }),
    ).map(({ key, items: of }) => ({ rules: key, items: of })),
    rights: information.rights.map(({ right, article, quote }) => ({ right, article, quote: quote ?? null })),
    sources: grouped(
      items.flatMap(({ provenance, item }) => (provenance === null ? [] : [{ key: provenance, item }])),
    ).map(({ key, items: of }) => ({ provenance: key, items: of })),
    systems: [...new Set(information.source.flatMap(({ systems }) => systems))].toSorted(),
    inferences: information.automatedDecisions.inferences.map(({ itemName, says }) => ({
      item: itemName,
      quote: says,
    })),
    otherControllers: [...new Set(information.otherControllers.map(({ party }) => party))],
    responseTime: information.responseTime.period ?? null,
    assumptions: information.assumptions.map(({ text }) => text),
  };
}

/** Who is responsible, as the policy's head says it; a placeholder is no address. */
export function controllerModel({ header }: Policy): ControllerModel {
  const { status, name, country, registration, address } = header.controller;
  return {
    status,
    name,
    country: country ?? null,
    registration: registration ?? null,
    address: address?.status === 'STATED' ? address.text : null,
  };
}

/** Where to write to: what the information of the bundle says, which knows what the operator supplied. */
export function contactModel(contact: InformationFacts['contact'] | undefined, policy: Policy): ContactModel {
  const known: InformationFacts['contact'] = contact ?? policy.header.contact;
  const stated = known.status === 'STATED';
  return {
    status: known.status,
    email: known.email ?? null,
    text: stated || known.status === 'MISSING' ? null : (known.where ?? known.text ?? null),
    postalAddress: known.postalAddress ?? null,
    website: known.website ?? null,
    subjectLine: known.subjectLine ?? null,
  };
}

/** The authority that the policy names, if it names one. */
export function authorityModel({ header }: Policy): AuthorityModel {
  const { authority } = header;
  const none = { name: null, country: null, website: null, postalAddress: null, phone: null };
  if (authority.status !== 'STATED') return { status: authority.status, ...none };
  const { status, name, country, website, postalAddress, phone } = authority;
  return {
    status,
    name,
    country,
    website: website ?? null,
    postalAddress: postalAddress ?? null,
    phone: phone ?? null,
  };
}

function basesOf({
  articles,
  status,
}: ManifestFacts['items'][number]['bases'][number]): InformationModel['bases'][number][] {
  return articles.length === 0 ? [{ article: '', status }] : articles.map((article) => ({ article, status }));
}

function rulesOf(rule: RetentionRule): RuleModel[] {
  if ('until' in rule) return [{ kind: 'WHILE', until: rule.until, text: rule.active }];
  if ('period' in rule) {
    const after: RuleModel = {
      kind: 'AFTER',
      period: rule.period,
      trigger: rule.trigger,
      max: rule.max,
      own: rule.periodFrom !== undefined,
      assumed: !rule.triggerStated,
      law: rule.legalObligation ?? null,
    };
    return rule.active === undefined ? [after] : [{ kind: 'WHILE', until: rule.trigger, text: rule.active }, after];
  }
  return [{ kind: 'OPEN', text: rule.kind === 'NONE' ? null : rule.text }];
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Map(list.map((each) => [JSON.stringify(each), each])).values()];
}

function grouped<K>(list: readonly { readonly key: K; readonly item: string }[]): { key: K; items: string[] }[] {
  const groups = new Map<string, { key: K; items: string[] }>();
  for (const { key, item } of list) {
    const name = JSON.stringify(key);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { key, items: [item] });
    else group.items.push(item);
  }
  return [...groups.values()];
}
