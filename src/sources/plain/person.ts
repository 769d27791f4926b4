import { givenPhone, type ImportContext } from '../context.ts';
import { Person } from '../importer.ts';
import { type Identifier, identifier, identifiers } from '../values/identifiers.ts';
import { idOf, isObject, type Json, textOf } from '../values/parts.ts';

/** How a line names a person. */
const KINDS = {
  email: 'EMAIL',
  phone: 'PHONE',
  accountId: 'ACCOUNT_ID',
  customerId: 'CUSTOMER_ID',
  requesterId: 'REQUESTER_ID',
} as const;

/** The person whom a line is about: by identifiers, or by the subject's id; null where the line does not say. */
export function subjectOf(context: ImportContext, line: Json, reasons: string[]): Person | string | null {
  if ('subject' in line && 'subjectId' in line) reasons.push('subject and subjectId exclude each other');
  if ('subject' in line) return personAt(context, line['subject'], 'subject', reasons);
  if (!('subjectId' in line)) return null;
  const id = textOf(line['subjectId']);
  if (id === null) reasons.push("subjectId must be a subject's id");
  return id;
}

/** A person given by identifiers, e.g. `{"email": …}`. */
export function personAt(context: ImportContext, value: unknown, field: string, reasons: string[]): Person | null {
  const known = Object.keys(KINDS).join(', ');
  if (!isObject(value) || Object.keys(value).length === 0) {
    reasons.push(`${field} must be an object with one or more of ${known}`);
    return null;
  }
  const found: Identifier[] = [];
  for (const [key, text] of Object.entries(value)) {
    const kind = Object.hasOwn(KINDS, key) ? KINDS[key as keyof typeof KINDS] : null;
    const each = kind === null ? null : identifier(kind, idOf(text) ?? '', context.country);
    if (kind === null) reasons.push(`${field} has a key that is none of ${known}`);
    else if (each === null) reasons.push(`${field}.${key} is not well-formed`);
    else found.push(each);
  }
  return new Person(found);
}

/** The identifiers that an account itself registers: its e-mail address, its number and its id. */
export function registeredBy(context: ImportContext, account: Json): Identifier[] {
  const email = textOf(account['email']);
  const id = isObject(account['subject']) && 'accountId' in account['subject'] ? null : idOf(account['id']);
  return identifiers(
    email === null ? null : identifier('EMAIL', email, null),
    givenPhone(context, textOf(account['phone'])).phone,
    id === null ? null : identifier('ACCOUNT_ID', id, null),
  );
}
