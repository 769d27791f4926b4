import { describeRecipient, type ItemDescription } from '../../policy/describe.ts';
import type { Policy, Role } from '../../policy/schema.ts';
import { basisTerms, itemTerms, purposeTerms } from '../dpv/classify.ts';
import { typed } from '../dpv.ts';
import type { Held, HeldItem } from './held.ts';

/** Art. 15(1)(a)-(c) by category: what is held, why, on which ground, and who receives it. */
export function categoriesOf(policy: Policy, { items }: Held): object[] {
  return [...new Set(items.map(({ item }) => item.category))].map((category) => {
    const of = items.filter(({ item }) => item.category === category);
    return typed(['dpv:PersonalDataProcess'], {
      category,
      items: of.map(itemOf),
      purposes: purposesOf(policy, of),
      bases: unique(of.flatMap(({ described }) => described.bases)).map(describeBasis),
      recipients: recipientsOf(of),
    });
  });
}

function itemOf({ item, described, sections, secret }: HeldItem): object {
  return typed(itemTerms(item), {
    id: item.id,
    item: item.item,
    clause: item.clause,
    quote: item.quote,
    provenance: item.provenance ?? null,
    sensitivity: item.sensitivity,
    datasets: sections.map(({ section }) => section.name),
    ...(secret ? { valueTold: false } : {}),
    status: described.status,
    assumptions: described.assumptions.map(({ id }) => id),
  });
}

/** Each purpose once, in the policy's words. */
export function purposesOf(policy: Policy, items: readonly HeldItem[]): object[] {
  return unique(items.flatMap(({ described }) => described.purposes)).map((purpose) =>
    typed(purposeTerms(policy, purpose.id), purpose),
  );
}

/** A ground as it may be told: its words where it has any, and whether they are the text's or an assumption. */
function describeBasis({ id, articles, status, quote }: ItemDescription['bases'][number]): object {
  const text = {
    STATED: null,
    ASSUMED: 'assumed: the policy states no ground',
    CUSTOMERS_OWN: "the customer's own ground, which the customer answers for",
  }[status];
  return typed(basisTerms(articles), {
    id,
    articles,
    status,
    ...(quote === null ? {} : { quote }),
    ...(text === null ? {} : { text }),
  });
}

/** Who receives these items: by name where the policy gives one, and said to be unnamed where it does not (trap X63). */
export function recipientsOf(items: readonly HeldItem[]): object[] {
  const all = unique(items.flatMap(({ described }) => described.recipients)).filter(({ dataShared }) => dataShared);
  return all.map((recipient) =>
    typed(['dpv:Recipient'], {
      ...recipient,
      ...(recipient.named ? {} : { note: 'the policy names the kind of recipient and not who it is' }),
      countryStated: recipient.country !== null,
      receives: items
        .filter(({ described }) => described.recipients.some(({ id }) => id === recipient.id))
        .map(({ item }) => item.id),
    }),
  );
}

/** Who is listed as a recipient and, as the policy says, receives nothing (trap X64). */
export function recipientsWithoutData(policy: Policy): object[] {
  return policy.recipients.filter(({ dataShared }) => !dataShared).map(describeRecipient);
}

/** In which role the operator holds what it holds. */
export function rolesOf(policy: Policy, { items }: Held): object[] {
  const roles = unique(items.map(({ described }) => described.role));
  return roles.map(({ id, holder, controller, clause, note, assumption }) => ({
    id,
    holder,
    controller,
    clause,
    status: assumption === undefined ? 'STATED' : 'ASSUMED',
    ...(note === undefined ? {} : { note }),
    items: items.filter(({ described }) => described.role.id === id).map(({ item }) => item.id),
  }));
}

/** The processors of what is held, by name. */
export function processorsOf({ items }: Held): object[] {
  const names = new Set(items.flatMap(({ described }) => (isOurs(described.role) ? described.role.processors : [])));
  return [...names].map((name) => typed(['dpv:DataProcessor'], { name }));
}

function isOurs({ holder }: Role): boolean {
  return holder !== 'THIRD_PARTY' && holder !== 'DEVICE';
}

/** Each of a list once, by id. */
function unique<T extends { readonly id: string }>(list: readonly T[]): T[] {
  return [...new Map(list.map((each) => [each.id, each])).values()];
}
