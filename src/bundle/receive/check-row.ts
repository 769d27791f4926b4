import { itemsFor, wordFields } from '../../catalogue/look-up.ts';
import { IdentifierKind } from '../../generated/prisma/enums.ts';
import { itemIn } from '../../holdings/row-retention.ts';
import type { Words } from '../../holdings/variants.ts';
import { homeOf } from '../../policy/home.ts';
import type { Policy } from '../../policy/schema.ts';
import { checkColumn } from '../../sources/values/column.ts';
import { identifier } from '../../sources/values/identifiers.ts';
import { exactNumber, parseExactly } from '../json-exact.ts';
import { isPseudonym } from '../other-parties.ts';
import type { ListedFile } from '../read-manifest.ts';
import { SAFE_ID } from './heading.ts';
import { FILE, type Column, type RowFile } from './row-files.ts';

/** A row that may be stored: values by field, the file's path in place of its blob's key. */
export interface ReceivedRow {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What a row is held against. */
export interface RowRules {
  readonly policy: Policy;
  readonly country: string | null;
  /** The person whom the bundle says it is about. */
  readonly subjectId: string;
  readonly listed: ReadonlyMap<string, ListedFile>;
}

/** What Carryall says of a row, which is not of the row: the receiving policy decides anew. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  'thirdParty',
  'retentionExpiresAt',
  'retentionMax',
  'retentionStatus',
]);
const MOST_DEPTH = 500;

/**
 * What checks the rows of one file, one after another, against the catalogue and the receiving policy: a row, or the reason
 * why it is none. A reason names columns and never a value.
 */
export function rowChecker(file: RowFile, rules: RowRules): (line: string) => ReceivedRow | string {
  const { section, columns } = file;
  const forbidden = forbiddenIn(file, rules.policy);
  let keys: string | null = null;
  return (line) => {
    const row = parse(line);
    if (row === null) return 'is not a row of JSON, or is nested too deep';
    const names = Object.keys(row);
    if (names.some((name) => name !== 'subjectId' && !columns.has(name) && !ANNOTATIONS.has(name)))
      return `has a property that ${section.dataset.name} does not have`;
    keys ??= names.join();
    if (names.join() !== keys) return 'has other properties than the row before it';
    if (row['subjectId'] !== rules.subjectId) return 'is about somebody else';
    const { id } = row;
    if (typeof id !== 'string' || !SAFE_ID.test(id)) return 'has no id that can be stored';
    const values: Record<string, unknown> = {};
    for (const [name, column] of columns) {
      if (!names.includes(name)) continue;
      const checked = checkValue(column, row[name], rules.country);
      if ('wanted' in checked) return `${name} must be ${checked.wanted}`;
      values[column.field] = checked.value;
    }
    return fault(file, id, values, rules) ?? forbidden(values) ?? { id, values };
  };
}

type Checked = ReturnType<typeof checkColumn>;

function checkValue({ entry, type }: Column, value: unknown, country: string | null): Checked {
  // Rows that differ by their words leave values out.
  if (value === null) return { value };
  // Whoever its sender did not name has no number here either.
  if (entry.kind === 'personal' && entry.format === 'phone' && typeof value === 'string' && isPseudonym(value))
    return { value };
  const digits = exactNumber(value);
  const checked = checkColumn(type, entry, digits === null ? value : numberOf(digits, type.type), country);
  if (!('value' in checked) || entry.kind !== 'link' || typeof checked.value !== 'string') return checked;
  return SAFE_ID.test(checked.value) ? checked : { wanted: 'an id that can be stored' };
}

// A number that a double cannot hold stays as it was written, where the column can hold it.
function numberOf(digits: string, type: string): unknown {
  return type === 'BigInt' ? digits : Number(digits);
}

function fault(
  { section, columns }: RowFile,
  id: string,
  values: Record<string, unknown>,
  rules: RowRules,
): string | null {
  const blob = columns.get(FILE)?.field;
  const path = blob === undefined ? null : values[blob];
  if (typeof path === 'string') {
    const listed = rules.listed.get(path);
    if (listed === undefined || !path.startsWith(`files/${section.name}/${id}.`))
      return 'names a file that is not its own';
    const digest = digestOf(columns);
    if (digest !== null) {
      values[digest] ??= listed.sha256;
      if (values[digest] !== listed.sha256) return 'has another SHA-256 than its file';
    }
  }
  const { kind, value } = values;
  if (section.dataset.model !== 'SubjectIdentifier' || typeof value !== 'string') return null;
  const known = Object.values(IdentifierKind).find((each) => each === kind);
  return known !== undefined && identifier(known, value, rules.country)?.value === value
    ? null
    : 'value is not in the normal form of its kind';
}

function digestOf(columns: ReadonlyMap<string, Column>): string | null {
  for (const { field, entry } of columns.values())
    if (entry.kind === 'personal' && entry.format === 'digest') return field;
  return null;
}

/** Names the item, where a row carries one that the policy says is not held. */
function forbiddenIn({ section, columns }: RowFile, policy: Policy): (values: object) => string | null {
  const words = wordFields(section.dataset);
  const personal = [...columns.values()].flatMap(({ field, entry }) =>
    entry.kind === 'personal' ? [{ field, entry }] : [],
  );
  const known = new Map<string, ReadonlyMap<string, string>>();
  return (row) => {
    const values = row as Readonly<Record<string, unknown>>;
    const spoken: Words = new Map(words.map((field) => [field, wordOf(values[field])]));
    const key = JSON.stringify([...spoken.values()]);
    let items = known.get(key);
    if (items === undefined) {
      items = new Map(
        personal.flatMap(({ field, entry }) => {
          const item = itemsFor(entry, spoken).length === 0 ? null : itemIn(policy, entry, spoken);
          const home = item === null ? null : homeOf(policy, item);
          return item !== null && (home === 'FORBIDDEN' || home === 'SECRET') ? [[field, item.item] as const] : [];
        }),
      );
      known.set(key, items);
    }
    for (const [field, item] of items)
      if ((values[field] ?? null) !== null)
        return `${field} is ${item}, which the policy ${policy.code} says is never held`;
    return null;
  };
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function parse(line: string): Record<string, unknown> | null {
  if (isDeep(line)) return null;
  try {
    return parseExactly(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether more brackets are open at once than any of ours; those inside texts count, so that it is never missed. */
function isDeep(line: string): boolean {
  if (line.length < 2 * MOST_DEPTH) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}
