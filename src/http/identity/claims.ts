import { CarryallError } from '../../errors.ts';
import type { IdentifierKind } from '../../generated/prisma/enums.ts';
import { refused } from './refusal.ts';
import type { ActorKind } from '../../access/actor.ts';
import type { ClaimMapping, ClaimPath } from './settings.ts';

/** What the claims of an issuer say of a person, in our words; whether tenant and subject exist is not known yet. */
export interface MappedClaims {
  readonly tenant: string;
  /** The issuer's own id of the person. */
  readonly id: string;
  readonly kind: ActorKind;
  readonly organisationId: string | null;
  /** By what a subject is found; null for everybody else. */
  readonly subject: { readonly kind: IdentifierKind; readonly value: string } | null;
}

type Claims = Readonly<Record<string, unknown>>;
type Mapping<T> = { readonly is: T } | { readonly claim: ClaimPath; readonly of: Readonly<Record<string, T>> };

/** More roles than anybody has; a longer list is not searched. */
const MOST_VALUES = 100;
const LONGEST_VALUE = 320;

/** Maps claims by the issuer's settings. Throws UNAUTHENTICATED for what is missing, not listed, or says two things. */
export function mapClaims(mapping: ClaimMapping, claims: Claims): MappedClaims {
  const tenant = meant(mapping.tenant, claims);
  const kind = meant(mapping.kind, claims);
  const id = textAt(claims, mapping.id);
  if (tenant === null || kind === null || kind === 'IGNORE' || id === null) throw refused('NOT_MAPPED');
  return {
    tenant,
    id,
    kind,
    organisationId: kind === 'CONTROLLER_STAFF' ? organisationOf(mapping, claims) : null,
    subject: kind === 'SUBJECT' ? subjectOf(mapping, claims) : null,
  };
}

/** The one thing that all values of a claim mean; null when there is none, one is not listed, or two differ. */
function meant<T extends string>(mapping: Mapping<T>, claims: Claims): T | null {
  if ('is' in mapping) return mapping.is;
  const found = claimAt(claims, mapping.claim);
  const values: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (values.length > MOST_VALUES) return null;
  const meanings = new Set<T>();
  for (const value of values) {
    const meaning = typeof value === 'string' && Object.hasOwn(mapping.of, value) ? mapping.of[value] : undefined;
    if (meaning === undefined) return null;
    if (meaning !== 'IGNORE') meanings.add(meaning);
  }
  const [only = null] = meanings;
  return meanings.size === 1 ? only : null;
}

/** Without the claim nobody is the operator's own staff: an omission must not be worth more than a value. */
function organisationOf({ organisation }: ClaimMapping, claims: Claims): string | null {
  if (organisation === undefined) return null;
  const value = textAt(claims, organisation.claim);
  if (value === null) throw refused('NOT_MAPPED');
  return value === organisation.operator ? null : value;
}

function subjectOf({ subject }: ClaimMapping, claims: Claims): NonNullable<MappedClaims['subject']> {
  if (subject === undefined) throw new CarryallError('BAD_INPUT', 'Subjects need a claim by which they are found.');
  const value = textAt(claims, subject.claim);
  const isVerified = subject.verified === undefined || claimAt(claims, subject.verified) === true;
  if (value === null || !isVerified) throw refused('NOT_MAPPED');
  return { kind: subject.as, value };
}

function textAt(claims: Claims, path: ClaimPath): string | null {
  const value = claimAt(claims, path);
  const isId = typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_VALUE;
  return isId && value.isWellFormed() && !value.includes('\0') ? value : null;
}

function claimAt(claims: Claims, path: ClaimPath): unknown {
  let value: unknown = claims;
  for (const name of typeof path === 'string' ? [path] : path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return value;
}
