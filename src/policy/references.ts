import { PLACEHOLDER } from './schema-parts.ts';
import { PURPOSE_CLASSES } from './words.ts';

type Path = readonly PropertyKey[];
/** Reports one fault at a path of the document. */
export type Report = (path: Path, reason: string) => void;

const LISTS = ['assumptions', 'purposes', 'promises', 'bases', 'recipients', 'retention', 'roles', 'items'] as const;
type ListName = (typeof LISTS)[number];

const ITEM_REFERENCES = {
  purposes: 'purposes',
  bases: 'bases',
  recipients: 'recipients',
  retention: 'retention',
  assumptions: 'assumptions',
} as const satisfies Record<string, ListName>;

/**
 * What a schema cannot say: ids are unique and resolve, names are known, nothing is a template's placeholder.
 * It reads the raw document, so that its faults are told together with those of the schema.
 */
export function checkReferences(data: unknown, report: Report, knownItems: ReadonlySet<string> | undefined): void {
  const policy = record(data);
  const ids = new Map(LISTS.map((name) => [name, uniqueIds(policy, name, report)]));
  const resolve = (list: ListName, value: unknown, path: Path): void => {
    if (typeof value === 'string' && ids.get(list)?.has(value) === false) report(path, `no entry ${value} in ${list}`);
  };
  const resolveAll = (list: ListName, values: unknown, path: Path): void =>
    array(values).forEach((value, i) => resolve(list, value, [...path, i]));

  array(policy['items']).forEach((entry, i) => {
    const item = record(entry);
    for (const [key, list] of Object.entries(ITEM_REFERENCES)) resolveAll(list, item[key], ['items', i, key]);
    resolve('roles', item['role'], ['items', i, 'role']);
    const name = item['item'];
    if (typeof name === 'string' && knownItems?.has(name) === false)
      report(['items', i, 'item'], `unknown item ${name}`);
    const held = item['stored'] !== 'NOT_STORED' && item['stored'] !== 'NOT_INTENDED';
    if (held && item['provenance'] === undefined)
      report(['items', i, 'provenance'], 'required for an item that is held');
  });
  duplicates(policy, 'items', 'item', report);
  duplicates(policy, 'rights', 'right', report);

  for (const list of ['bases', 'roles', 'routing'] as const)
    array(policy[list]).forEach((entry, i) =>
      resolve('assumptions', record(entry)['assumption'], [list, i, 'assumption']),
    );
  array(policy['retention']).forEach((entry, i) =>
    resolveAll('assumptions', record(entry)['assumptions'], ['retention', i, 'assumptions']),
  );
  array(policy['bases']).forEach((entry, i) => {
    for (const purpose of Object.keys(record(record(entry)['byPurpose'])))
      resolve('purposes', purpose, ['bases', i, 'byPurpose', purpose]);
  });
  array(policy['routing']).forEach((entry, i) => {
    const when = record(record(entry)['when']);
    resolveAll('roles', when['roles'], ['routing', i, 'when', 'roles']);
    resolveAll('items', when['items'], ['routing', i, 'when', 'items']);
  });
  const controller = record(record(policy['header'])['controller']);
  resolve('assumptions', controller['assumption'], ['header', 'controller', 'assumption']);

  const classes: ReadonlySet<string> = new Set(PURPOSE_CLASSES);
  for (const purpose of ids.get('purposes') ?? [])
    if (classes.has(purpose)) report(['purposes'], `the id ${purpose} is a purpose class; choose another`);
  checkPlaceholders(policy, [], report);
}

function uniqueIds(policy: Record<string, unknown>, list: ListName, report: Report): ReadonlySet<string> {
  return duplicates(policy, list, 'id', report);
}

function duplicates(policy: Record<string, unknown>, list: string, key: string, report: Report): ReadonlySet<string> {
  const seen = new Set<string>();
  array(policy[list]).forEach((entry, i) => {
    const value = record(entry)[key];
    if (typeof value !== 'string') return;
    if (seen.has(value)) report([list, i, key], `duplicate ${key} ${value}`);
    seen.add(value);
  });
  return seen;
}

/** A quote is the text's own and may hold anything; a PLACEHOLDER says what it is. */
function checkPlaceholders(value: unknown, path: Path, report: Report): void {
  if (typeof value === 'string') {
    if (PLACEHOLDER.test(value)) report(path, `"${value}" is a placeholder, not a value; use status PLACEHOLDER`);
  } else if (Array.isArray(value)) {
    value.forEach((entry, i) => checkPlaceholders(entry, [...path, i], report));
  } else {
    const map = record(value);
    if (map['status'] === 'PLACEHOLDER') return;
    for (const [key, entry] of Object.entries(map))
      if (key !== 'quote') checkPlaceholders(entry, [...path, key], report);
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
