import type { Format, Personal, ModelName } from './dataset.ts';

/** A key that joins rows. */
export const link = { kind: 'link' } as const;

/** Which system handed the row over: technical, yet told to the subject as its source (Art. 15(1)(g)). */
export const source = { kind: 'system', format: 'code' } as const;

/** A technical column. */
export function system<F extends Format>(format: F): { readonly kind: 'system'; readonly format: F } {
  return { kind: 'system', format };
}

/** A column that never leaves the store. */
export function secret<const I extends readonly string[]>(...items: I): { readonly kind: 'secret'; readonly items: I } {
  return { kind: 'secret', items };
}

/** A column of personal data: what it is, how sensitive, where it came from, how it is written. */
export function personal<const I, const S extends Personal<ModelName>['sensitivity'], const P, const F extends Format>(
  items: I,
  sensitivity: S,
  provenance: P,
  format: F,
): {
  readonly kind: 'personal';
  readonly items: I;
  readonly sensitivity: S;
  readonly provenance: P;
  readonly format: F;
} {
  return { kind: 'personal', items, sensitivity, provenance, format };
}

/** The keys that every row has. */
export const keys = { tenantId: link, id: link } as const;

/** The keys of a row that one subject owns and another system handed over. */
export const owned = { ...keys, subjectId: link, sourceSystem: source } as const;
