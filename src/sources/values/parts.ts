import { BadRow } from '../importer.ts';
import { fromEpoch, toInstant } from './instants.ts';

/** A JSON object whose members are not known yet. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object. Throws `BadRow` naming `what` when it is none. */
export function objectAt(value: unknown, what: string): Json {
  if (!isObject(value)) throw new BadRow(`${what} must be an object`);
  return value;
}

/** The member as an object, or an empty one. */
export function partOf(value: Json, key: string): Json {
  const part = value[key];
  return isObject(part) ? part : {};
}

/** The member's elements that are objects. */
export function listOf(value: Json, key: string): readonly Json[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Text that is there and not blank, else null. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** An id, which systems write as text or as a whole number, else null. */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null;
  return textOf(value)?.trim() ?? null;
}

/** An id that must be there. */
export function requiredId(value: unknown, what: string): string {
  const id = idOf(value);
  if (id === null) throw new BadRow(`${what} must be an id`);
  return id;
}

/** The id of another object, given as an id or as the object itself. */
export function referenceOf(value: unknown): string | null {
  return isObject(value) ? idOf(value['id']) : idOf(value);
}

/** A whole number that must be there. */
export function requiredInteger(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new BadRow(`${what} must be a whole number`);
  return value;
}

/** An instant in ISO 8601, null where there is none. Throws `BadRow` for anything else. */
export function instantAt(value: unknown, what: string): string | null {
  if (value === null || value === undefined || value === '') return null;
  const instant = typeof value === 'number' ? fromEpoch(value) : typeof value === 'string' ? toInstant(value) : null;
  if (instant === null) throw new BadRow(`${what} must be an instant (ISO 8601, or seconds since 1970)`);
  return instant;
}

/** An instant that must be there. */
export function requiredInstant(value: unknown, what: string): string {
  const instant = instantAt(value, what);
  if (instant === null) throw new BadRow(`${what} is missing`);
  return instant;
}

/** A currency code in upper case. */
export function requiredCurrency(value: unknown, what: string): string {
  const code = textOf(value)?.toUpperCase();
  if (code === undefined || !/^[A-Z]{3}$/.test(code)) throw new BadRow(`${what} must be an ISO 4217 code`);
  return code;
}

/** The word that `words` has for the value. Throws `BadRow` naming the words that are known. */
export function wordAt<T>(words: ReadonlyMap<string, T>, value: unknown, what: string): T {
  const word = words.get(String(value));
  if (word === undefined) throw new BadRow(`${what} must be one of ${[...words.keys()].join(', ')}`);
  return word;
}
