import { describeItem, describeRecipient } from '../policy/describe.ts';
import type { Policy } from '../policy/schema.ts';
import type { Ledger } from './ledger.ts';
import { placeOf, type BundlePlan } from './plan.ts';

/** What a tenant supplies where its policy is silent (trap X05). */
export interface TenantNotice {
  readonly name: string;
  readonly contact: string | null;
}

const NOT_STATED = 'not stated in policy';

/**
 * The information of Art. 15(1)(a)-(h) and 15(2), for this person and this policy: what the text states, what it leaves
 * open, and what is assumed, each said as what it is.
 */
export function buildInformation(tenant: TenantNotice, plan: BundlePlan, ledger: Ledger): object {
  const { policy } = plan;
  const held = ledger.sections.filter(({ expected }) => expected.data + expected.context > 0);
  const named = new Set(
    held.flatMap(({ section }) =>
      section.columns.flatMap(({ cases }) =>
        cases.flatMap(({ item, fate }) => (item !== null && placeOf(fate) !== null ? [item.id] : [])),
      ),
    ),
  );
  const items = policy.items.filter(({ id }) => named.has(id)).map((item) => describeItem(policy, item));
  const { header } = policy;
  return {
    article: '15',
    confirmation: { processed: held.length > 0, datasets: held.map(({ section }) => section.dataset.title) },
    operator: tenant.name,
    controller: { ...header.controller, address: addressOf(header.controller) },
    contact: contactOf(policy, tenant),
    purposes: unique(items.flatMap(({ purposes }) => purposes)),
    categories: [...new Set(items.map(({ category }) => category))].map((category) => ({
      category,
      items: items.filter((item) => item.category === category).map(({ id, item }) => ({ id, item })),
    })),
    recipients: unique(items.flatMap(({ recipients }) => recipients)).filter(({ dataShared }) => dataShared),
    recipientsWithoutData: policy.recipients.map(describeRecipient).filter(({ dataShared }) => !dataShared),
    transfers: header.transfers,
    retention: items.map(({ id, item, retention }) => ({
      id,
      item,
      text: retention.text,
      stated: retention.effective.kind === 'COMPUTABLE',
      ...(retention.effective.kind === 'COMPUTABLE'
        ? { max: retention.effective.max, triggerStated: retention.effective.triggerStated }
        : {}),
    })),
    rights: policy.rights.map(({ right, article, stated }) => ({
      right,
      article,
      stated: stated !== null,
      ...(stated === null ? {} : { clause: stated.clause, quote: stated.quote }),
    })),
    authority:
      header.authority.status === 'STATED' ? header.authority : { status: header.authority.status, text: NOT_STATED },
    source: held.map(({ section }) => ({
      dataset: section.name,
      note: 'each row names the system it came from in sourceSystem',
    })),
    automatedDecisions: automatedDecisionsOf(items.map(({ item }) => item)),
    fee: header.fee.status === 'FREE' ? 'free of charge, as the policy says' : 'the first copy is free (Art. 12(5))',
    assumptions: policy.assumptions,
  };
}

/** Where to send a request: what the text states, else what the tenant supplies, else nothing; never a made-up address (trap X01). */
function contactOf(policy: Policy, tenant: TenantNotice): object {
  const { contact } = policy.header;
  if (contact.status === 'STATED') return contact;
  return tenant.contact === null
    ? { status: contact.status, text: NOT_STATED }
    : { status: 'SUPPLIED_BY_OPERATOR', text: tenant.contact };
}

/** An address only where the text has one; a placeholder is no address (trap X04). */
function addressOf({ address }: Policy['header']['controller']): string | null {
  return address?.status === 'STATED' ? address.text : null;
}

/** Art. 15(1)(h): scores and classifications are told as what they are; no policy here states a decision made by machine alone. */
function automatedDecisionsOf(items: readonly string[]): object {
  const inferred = items.filter((item) => item.startsWith('analysis.') || item === 'call.outcome');
  return { stated: false, text: NOT_STATED, profiling: inferred };
}

function unique<T extends { readonly id: string }>(list: readonly T[]): T[] {
  return [...new Map(list.map((each) => [each.id, each])).values()];
}
