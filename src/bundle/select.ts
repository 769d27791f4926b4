import type { AnyDataset } from '../catalogue/look-up.ts';
import { rowExpiresAt, rowRules } from '../holdings/row-retention.ts';
import type { SubjectFacts } from '../holdings/subject-facts.ts';
import { column, ownedBy, ownerOf, table, type SubjectKey } from '../holdings/subject-path.ts';
import { byVariant, isVariant, type Words } from '../holdings/variants.ts';
import { sql, type Sql } from '../store/sql.ts';
import { cellKind, type CellKind } from './cell-kind.ts';
import { isWitness, placeOf, type BundlePlan, type Case, type PlannedColumn, type Section } from './plan.ts';

/** Whose rows, seen at which instant. */
export interface SelectScope {
  readonly plan: BundlePlan;
  readonly subject: SubjectKey;
  readonly facts: SubjectFacts;
  readonly now: Date;
  readonly format: 'ZIP' | 'JSON';
}

export type Place = 'data' | 'context';

/** A property of an exported row, in order, with the SQL of its value. */
export interface Property {
  readonly name: string;
  readonly value: Sql;
  /** The catalogue column, when the property is one; the rest is what Carryall says of the row. */
  readonly column: PlannedColumn | null;
  readonly field: string | null;
  readonly kind: CellKind;
}

/** The rows of a section that go to a place; null when none can. */
export interface Selection {
  readonly section: Section;
  readonly place: Place;
  readonly properties: readonly Property[];
  readonly from: Sql;
  readonly where: Sql;
  readonly order: Sql;
}

const built = new WeakMap<SelectScope, Map<Section, Map<Place, Selection | null>>>();

/** The query of one file of a bundle; built once, for counting, reading and describing ask for it. */
export function selectionOf(scope: SelectScope, section: Section, place: Place): Selection | null {
  const sections = built.get(scope) ?? new Map<Section, Map<Place, Selection | null>>();
  built.set(scope, sections);
  const places = sections.get(section) ?? new Map<Place, Selection | null>();
  sections.set(section, places);
  let selection = places.get(place);
  if (selection === undefined) places.set(place, (selection = buildSelection(scope, section, place)));
  return selection;
}

function buildSelection(scope: SelectScope, section: Section, place: Place): Selection | null {
  const { dataset, relation } = section;
  const owned = ownedBy(dataset, relation, scope.subject);
  const witness = place === 'data' && scope.plan.scope === 'ACCESS' && isWitness(section);
  const rows = variantsIn(section, place);
  if (owned === null || (rows.length === 0 && !witness)) return null;
  const conditions = [
    owned,
    witness ? null : isVariant(dataset, rows),
    scope.plan.scope === 'PORTABILITY' ? notExpired(scope, dataset) : null,
  ];
  return {
    section,
    place,
    properties: propertiesOf(scope, section, place),
    from: sql`${table(dataset)} t`,
    where: sql.join(
      conditions.filter((each) => each !== null),
      sql` AND `,
    ),
    order: orderOf(dataset),
  };
}

/** The combinations of words whose rows have something to put in a place. */
function variantsIn(section: Section, place: Place): readonly Words[] {
  const seen = new Map<string, Words>();
  for (const { cases } of section.columns) {
    for (const { words, fate } of cases) {
      if (placeOf(fate) !== place) continue;
      const key = JSON.stringify([...words]);
      if (!seen.has(key)) seen.set(key, words);
    }
  }
  return [...seen.values()];
}

function propertiesOf(scope: SelectScope, section: Section, place: Place): Property[] {
  const { dataset } = section;
  const properties: Property[] = [own('subjectId', 'TEXT', ownerOf(dataset, section.relation, scope.subject))];
  for (const [field, entry] of Object.entries(dataset.fields)) {
    if (entry.kind === 'secret' || field === 'tenantId' || field === 'subjectId' || isAnotherPerson(dataset, field))
      continue;
    if (entry.kind !== 'personal') {
      properties.push({ name: field, value: column('t', field), column: null, field, kind: cellKind(dataset, field) });
      continue;
    }
    const planned = section.columns.find((each) => each.field === field);
    const cases = planned?.cases.filter(({ fate }) => placeOf(fate) === place) ?? [];
    if (planned === undefined || cases.length === 0) continue;
    const value = byVariant(
      dataset,
      groupBySql(cases, (each) => valueOf(scope, section, planned, each)),
    );
    const kind = cellKind(dataset, field);
    properties.push({ name: entry.format === 'blob' ? 'file' : field, value, column: planned, field, kind });
  }
  return place === 'context' ? properties : [...properties, ...annotations(scope, section)];
}

/** Keys of other people's rows never leave, not even as opaque ids. */
export function isAnotherPerson(dataset: AnyDataset, field: string): boolean {
  return (
    Object.values(dataset.subjects).some((path: unknown) => path === field) && dataset.fields[field]?.kind === 'link'
  );
}

function own(name: string, kind: CellKind, value: Sql): Property {
  return { name, value, column: null, field: null, kind };
}

function valueOf(scope: SelectScope, section: Section, { field, entry }: PlannedColumn, { fate }: Case): Sql {
  const value = column('t', field);
  if (entry.format === 'blob') return scope.format === 'ZIP' ? blobPath(section) : sql`NULL::text`;
  const foreign = (fate.kind === 'INCLUDE' || fate.kind === 'CONTEXT') && fate.ownValueOnly;
  if (!foreign) return value;
  if (entry.format !== 'phone') return sql`NULL::text`;
  // The other party of a call gets back only the number proven to be theirs.
  return sql`CASE WHEN EXISTS (SELECT 1 FROM subject_identifier i WHERE i.tenant_id = ${scope.subject.tenantId}
    AND i.subject_id = ${scope.subject.subjectId} AND i.kind = 'PHONE' AND i.value = ${value}) THEN ${value} END`;
}

/** The path of a row's file inside the archive; ids are ours, and the ending is cut to what every system can store. */
export function blobPath(section: Section): Sql {
  return sql`CASE WHEN t.blob_key IS NOT NULL THEN ${`files/${section.name}/`}::text || t.id
    || coalesce(lower(substring(t.file_name from '\\.[A-Za-z0-9]{1,8}$')), '.bin') END`;
}

/** What Carryall adds to a row: whether it names others, and until when it may be kept. */
function annotations(scope: SelectScope, section: Section): Property[] {
  const { dataset, columns } = section;
  const third = columns.flatMap(({ field, cases }) => {
    const variants = cases.filter(({ fate }) => fate.kind === 'INCLUDE' && fate.thirdParty).map(({ words }) => words);
    if (variants.length === 0) return [];
    const when = isVariant(dataset, variants);
    return [
      when === null ? sql`${column('t', field)} IS NOT NULL` : sql`(${when} AND ${column('t', field)} IS NOT NULL)`,
    ];
  });
  const computable = rowRules(scope.plan.policy, dataset).flatMap(({ variants, retention }) =>
    retention.kind === 'COMPUTABLE' ? [{ variants, retention }] : [],
  );
  const flags = third.length === 0 ? [] : [own('thirdParty', 'BOOLEAN', sql`(${sql.join(third, sql` OR `)})`)];
  if (computable.length === 0) return flags;
  const expiresAt = rowExpiresAt(scope.plan.policy, dataset, scope.facts);
  const max = byVariant(
    dataset,
    computable.map(({ variants, retention }) => ({ variants, is: sql`${retention.max}::boolean` })),
  );
  return [
    ...flags,
    own('retentionExpiresAt', 'INSTANT', expiresAt),
    own('retentionMax', 'BOOLEAN', max),
    own(
      'retentionStatus',
      'TEXT',
      sql`CASE WHEN ${expiresAt} <= ${scope.now.toISOString()}::timestamptz THEN 'OVERDUE' ELSE 'LIVE' END`,
    ),
  ];
}

/** PORTABILITY has no expired rows: the basis they were carried by is gone. */
export function notExpired(scope: SelectScope, dataset: AnyDataset): Sql {
  return sql`(${rowExpiresAt(scope.plan.policy, dataset, scope.facts)} > ${scope.now.toISOString()}::timestamptz) IS NOT FALSE`;
}

function orderOf(dataset: AnyDataset): Sql {
  if (dataset.anchor === undefined) return sql`t.id`;
  return sql`${column('t', dataset.anchor)}, t.id`;
}

function groupBySql(cases: readonly Case[], valueOfCase: (each: Case) => Sql): { variants: Words[]; is: Sql }[] {
  const groups = new Map<string, { variants: Words[]; is: Sql }>();
  for (const each of cases) {
    const is = valueOfCase(each);
    const key = JSON.stringify([is.strings, is.values]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { variants: [each.words], is });
    else group.variants.push(each.words);
  }
  return [...groups.values()];
}

/** The rows as cells, in the selection's order; a value that is no plain cell comes as its JSON. */
export function cells({ properties, from, where, order }: Selection): Sql {
  const list = properties.map(({ value, kind }) => (kind === 'JSON' ? sql`to_json(${value})` : value));
  return sql`SELECT ${sql.join(list)} FROM ${from} WHERE ${where} ORDER BY ${order}`;
}

/** The rows as lines of JSON, as PostgreSQL itself writes them: what `RowLines` must make of `cells`. */
export function jsonLines({ properties, from, where, order }: Selection): Sql {
  const list = properties.map(({ name, value }) => sql`${value} AS ${sql.identifier(name)}`);
  return sql`SELECT row_to_json(r)::text FROM (SELECT ${sql.join(list)} FROM ${from} WHERE ${where} ORDER BY ${order}) r`;
}
