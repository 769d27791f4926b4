import type { ImportContext } from '../context.ts';
import { BadRow, type Importer, type Meaning } from '../importer.ts';
import type { Containers } from '../read/document.ts';
import { readJson } from '../read/json.ts';
import { isObject, type Json, objectAt, textOf } from '../values/parts.ts';
import { understandCharge } from './charge.ts';
import { understandCustomer } from './customer.ts';
import { understandInvoice } from './invoice.ts';
import { understandSubscription } from './subscription.ts';

/** What is read of Stripe. Each takes the fields that it knows; cards inside these objects are passed over unread. */
const understood: ReadonlyMap<string, (context: ImportContext, object: Json) => Meaning | string> = new Map([
  ['customer', understandCustomer],
  ['subscription', understandSubscription],
  ['invoice', understandInvoice],
  ['charge', understandCharge],
]);

// A file that holds these was exported with too much: it is refused, so that someone notices where cards lie about.
const INSTRUMENTS = new Set([
  'bank_account',
  'card',
  'confirmation_token',
  'issuing.card',
  'issuing.token',
  'payment_method',
  'payment_source',
  'source',
  'token',
]);

const CONTAINERS: Containers = { lists: ['data'], maps: ['resources'] };

export function openStripe(context: ImportContext): Importer {
  return {
    source: 'stripe',
    async *read(file) {
      for await (const read of readJson(file, CONTAINERS)) {
        // A document may also be a map of objects without any frame.
        if (read.kind === 'bad' || !isFrame(read.value)) yield read;
        else
          for (const [name, value] of Object.entries(read.value))
            yield { kind: 'record', place: `${read.place}#/${name}`, value };
      }
    },
    isIdentity: (record) => isObject(record) && record['object'] === 'customer',
    understand(record) {
      const object = objectAt(record, 'the record');
      const type = textOf(object['object']);
      if (type === null) throw new BadRow('the record has no `object` that says what it is');
      if (INSTRUMENTS.has(type))
        throw new BadRow(`the record is a ${nameOf(type)}: cards and bank accounts are never imported`);
      const understand = understood.get(type);
      if (understand === undefined) return nameOf(type);
      return object['deleted'] === true ? `${type} (deleted)` : understand(context, object);
    },
  };
}

function isFrame(value: unknown): value is Json {
  return (
    isObject(value) &&
    !('object' in value) &&
    Object.values(value).every((each) => isObject(each) && typeof each['object'] === 'string')
  );
}

// A type is told in the report, so it must look like one.
function nameOf(type: string): string {
  return /^[a-z_.]{1,60}$/.test(type) ? type : 'object of an unknown type';
}
