import { type ImportContext, rowId } from '../context.ts';
import type { Meaning } from '../importer.ts';
import {
  type Json,
  referenceOf,
  requiredCurrency,
  requiredId,
  requiredInstant,
  requiredInteger,
  wordAt,
} from '../values/parts.ts';
import { customerOf } from './customer.ts';

const STATUSES = new Map([
  ['succeeded', 'PAID'],
  ['pending', 'PENDING'],
  ['failed', 'FAILED'],
] as const);

export function understandCharge(context: ImportContext, charge: Json): Meaning | string {
  const key = requiredId(charge['id'], 'id');
  // Who paid as a guest is known by nothing but a card and a name.
  if (referenceOf(charge['customer']) === null) return 'charge (without a customer)';
  const person = customerOf(context, charge);
  const id = rowId(context, 'Payment', 'stripe', key);
  const status = wordAt(STATUSES, charge['status'], 'status');
  const invoice = referenceOf(charge['invoice']);
  return {
    people: [person],
    rows: [
      {
        model: 'Payment',
        id,
        values: {
          subjectId: person,
          invoiceId: invoice && rowId(context, 'Invoice', 'stripe', invoice),
          status: charge['refunded'] === true ? 'REFUNDED' : status,
          amountMinor: requiredInteger(charge['amount'], 'amount'),
          currency: requiredCurrency(charge['currency'], 'currency'),
          paidAt: status === 'PAID' ? requiredInstant(charge['created'], 'created') : null,
        },
        soft: ['invoiceId'],
      },
      {
        model: 'BillingReference',
        id: rowId(context, 'BillingReference', 'stripe', key),
        values: { subjectId: person, paymentId: id, transactionId: key },
        onlyIfNamed: true,
      },
    ],
  };
}
