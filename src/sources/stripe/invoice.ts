import { type ImportContext, rowId } from '../context.ts';
import type { Meaning, Row } from '../importer.ts';
import {
  instantAt,
  type Json,
  listOf,
  partOf,
  referenceOf,
  requiredCurrency,
  requiredId,
  requiredInstant,
  requiredInteger,
  textOf,
  wordAt,
} from '../values/parts.ts';
import { customerOf } from './customer.ts';

const STATUSES = new Map([
  ['draft', 'DRAFT'],
  ['open', 'OPEN'],
  ['paid', 'PAID'],
  ['void', 'VOID'],
  ['uncollectible', 'UNCOLLECTIBLE'],
] as const);

export function understandInvoice(context: ImportContext, invoice: Json): Meaning {
  const key = requiredId(invoice['id'], 'id');
  const person = customerOf(context, invoice);
  const id = rowId(context, 'Invoice', 'stripe', key);
  const transitions = partOf(invoice, 'status_transitions');
  // Since 2025 the subscription stands under `parent`.
  const subscription = referenceOf(
    invoice['subscription'] ?? partOf(partOf(invoice, 'parent'), 'subscription_details')['subscription'],
  );
  const lines = listOf(partOf(invoice, 'lines'), 'data').map((line, index): Row => {
    const what = `lines.data[${index}]`;
    return {
      model: 'InvoiceLine',
      id: rowId(context, 'InvoiceLine', 'stripe', requiredId(line['id'], `${what}.id`)),
      values: {
        subjectId: person,
        invoiceId: id,
        description: textOf(line['description']),
        quantity: line['quantity'] ?? null,
        amountMinor: requiredInteger(line['amount'], `${what}.amount`),
        currency: requiredCurrency(line['currency'] ?? invoice['currency'], `${what}.currency`),
      },
    };
  });
  return {
    people: [person],
    rows: [
      {
        model: 'Invoice',
        id,
        values: {
          subjectId: person,
          subscriptionId: subscription && rowId(context, 'Subscription', 'stripe', subscription),
          number: textOf(invoice['number']),
          issuedAt:
            instantAt(transitions['finalized_at'], 'status_transitions.finalized_at') ??
            requiredInstant(invoice['created'], 'created'),
          amountMinor: requiredInteger(invoice['total'] ?? invoice['amount_due'], 'total'),
          currency: requiredCurrency(invoice['currency'], 'currency'),
          paymentStatus: wordAt(STATUSES, invoice['status'], 'status'),
        },
        soft: ['subscriptionId'],
      },
      ...lines,
    ],
  };
}
