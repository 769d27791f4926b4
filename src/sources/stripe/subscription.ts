import { type ImportContext, rowId } from '../context.ts';
import { BadRow, type Meaning } from '../importer.ts';
import { instantAt, type Json, listOf, partOf, referenceOf, requiredId, textOf, wordAt } from '../values/parts.ts';
import { customerOf } from './customer.ts';

const STATUSES = new Map([
  ['trialing', 'TRIALING'],
  ['active', 'ACTIVE'],
  ['past_due', 'PAST_DUE'],
  ['paused', 'PAUSED'],
  ['canceled', 'CANCELED'],
  ['unpaid', 'UNPAID'],
  ['incomplete', 'INCOMPLETE'],
  ['incomplete_expired', 'EXPIRED'],
] as const);

export function understandSubscription(context: ImportContext, subscription: Json): Meaning {
  const id = requiredId(subscription['id'], 'id');
  const person = customerOf(context, subscription);
  const item = listOf(partOf(subscription, 'items'), 'data')[0] ?? {};
  // Since 2025 the period stands on the items; before, on the subscription.
  const period = (key: string): string | null => instantAt(subscription[key] ?? item[key], key);
  const rowOf = rowId(context, 'Subscription', 'stripe', id);
  return {
    people: [person],
    rows: [
      {
        model: 'Subscription',
        id: rowOf,
        values: {
          subjectId: person,
          plan: planOf(subscription, item),
          status: wordAt(STATUSES, subscription['status'], 'status'),
          currentPeriodStart: period('current_period_start'),
          currentPeriodEnd: period('current_period_end'),
        },
      },
      {
        model: 'BillingReference',
        id: rowId(context, 'BillingReference', 'stripe', id),
        values: { subjectId: person, subscriptionId: rowOf, stripeSubscriptionId: id },
        onlyIfNamed: true,
      },
    ],
  };
}

function planOf(subscription: Json, item: Json): string {
  const price = partOf(item, 'price');
  const plans = [partOf(subscription, 'plan'), partOf(item, 'plan')];
  const names = [
    price['nickname'],
    price['lookup_key'],
    ...plans.map((plan) => plan['nickname']),
    partOf(price, 'product')['name'],
  ];
  const name =
    names.map(textOf).find((each) => each !== null) ??
    referenceOf(price['product']) ??
    plans.map((plan) => referenceOf(plan['product'])).find((each) => each !== null);
  if (name === undefined)
    throw new BadRow(
      'the subscription names no plan: a price or plan with a nickname, lookup_key or product is wanted',
    );
  return name;
}
