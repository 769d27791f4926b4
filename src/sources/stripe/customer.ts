import { givenPhone, type ImportContext, rowId } from '../context.ts';
import { type Meaning, Person } from '../importer.ts';
import { identifier, identifiers } from '../values/identifiers.ts';
import { type Json, partOf, referenceOf, requiredId, textOf } from '../values/parts.ts';

/** The person whom an object's customer id names. */
export function customerOf(context: ImportContext, object: Json): Person {
  return new Person(identifiers(identifier('CUSTOMER_ID', referenceOf(object['customer']) ?? '', context.country)));
}

export function understandCustomer(context: ImportContext, customer: Json): Meaning {
  const id = requiredId(customer['id'], 'id');
  const address = partOf(customer, 'address');
  const { phone, unnamed } = givenPhone(
    context,
    textOf(customer['phone']),
    textOf(address['country']) ?? context.country,
  );
  const person = new Person(
    identifiers(identifier('CUSTOMER_ID', id, null), identifier('EMAIL', textOf(customer['email']) ?? '', null), phone),
  );
  const profile = {
    addressLine1: textOf(address['line1']),
    addressLine2: textOf(address['line2']),
    city: textOf(address['city']),
    region: textOf(address['state']),
    postalCode: textOf(address['postal_code']),
    countryCode: textOf(address['country']),
  };
  const hasProfile = Object.values(profile).some((value) => value !== null);
  return {
    people: [person],
    rows: [
      {
        model: 'BillingReference',
        id: rowId(context, 'BillingReference', 'stripe', id),
        values: { subjectId: person, stripeCustomerId: id },
        onlyIfNamed: true,
      },
      ...(hasProfile
        ? [
            {
              model: 'BillingProfile',
              id: rowId(context, 'BillingProfile', 'stripe', id),
              values: { subjectId: person, ...profile },
              onlyIfNamed: true,
            } as const,
          ]
        : []),
    ],
    unnamed,
  };
}
