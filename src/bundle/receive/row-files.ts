import { columnType, type AnyDataset, type AnyField, type ColumnType } from '../../catalogue/look-up.ts';
import { CarryallError, type Fault } from '../../errors.ts';
import type { SubjectFacts } from '../../holdings/subject-facts.ts';
import type { Policy } from '../../policy/schema.ts';
import { planBundle, type Section } from '../plan.ts';
import { isAnotherPerson } from '../select.ts';
import type { ListedFile } from '../read-manifest.ts';
import { isOwnPath } from './ownership.ts';

/** A file of rows of a bundle, as the catalogue knows it; nothing of it is named by the file. */
export interface RowFile {
  readonly path: string;
  readonly place: 'data' | 'context';
  readonly section: Section;
  /** How many rows the manifest says it has. */
  readonly rows: number;
  readonly sha256: string;
  /** The columns that a row may carry, by the property they stand in. */
  readonly columns: ReadonlyMap<string, Column>;
}

/** A column that a row may carry. */
export interface Column {
  readonly field: string;
  readonly entry: AnyField;
  readonly type: ColumnType;
}

/** The property in which a row names its file. */
export const FILE = 'file';

const ROWS = /^(data|context)\/([a-z0-9-]+)(?:\.ndjson|\.json|)$/;
const NOBODY: SubjectFacts = { triggers: {}, contractAlive: true, deletionPending: false, language: null };

/** What a bundle of Art. 20 of a person with a running contract would be under the policy. */
export function sectionsOf(policy: Policy): readonly Section[] {
  return planBundle(policy, 'PORTABILITY', { facts: NOBODY, instruction: null }).sections;
}

/**
 * The files of rows that a manifest lists, by path. Throws BAD_INPUT for rows that no bundle of Art. 20 has, and for rows
 * that the person does not own: their owner is somebody whom the bundle does not name.
 */
export function rowFilesOf(policy: Policy, listed: Iterable<ListedFile>): ReadonlyMap<string, RowFile> {
  const byName = new Map(sectionsOf(policy).map((section) => [section.name, section]));
  const files = new Map<string, RowFile>();
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const { path, rows = 0, sha256 } of listed) {
    const [, place, name = ''] = ROWS.exec(path) ?? [];
    if (place !== 'data' && place !== 'context') continue;
    const section = byName.get(name);
    const reason = refusal(section) ?? (seen.has(`${place}/${name}`) ? 'stands there in two forms' : null);
    seen.add(`${place}/${name}`);
    if (section === undefined || reason !== null) faults.push({ path, reason: reason ?? 'is no dataset of a person' });
    else files.set(path, { path, place, section, rows, sha256, columns: columnsOf(section.dataset) });
  }
  if (faults.length === 0) return files;
  throw new CarryallError('BAD_INPUT', 'The bundle has rows that cannot be received. Nothing was written.', { faults });
}

function refusal(section: Section | undefined): string | null {
  if (section === undefined) return null;
  const { dataset, relation } = section;
  if (![...columnsOf(dataset).values()].some(({ entry }) => entry.kind === 'personal'))
    return 'holds nothing that a bundle of Art. 20 carries';
  return isOwnPath(dataset.subjects[relation]) ? null : 'holds rows of somebody else, whom the bundle does not name';
}

/** What `select.ts` may put in a row of a dataset, the owner and the annotations aside. */
function columnsOf(dataset: AnyDataset): ReadonlyMap<string, Column> {
  const columns = new Map<string, Column>();
  for (const [field, entry] of Object.entries(dataset.fields)) {
    const isPerson = field === 'tenantId' || field === 'subjectId' || isAnotherPerson(dataset, field);
    if (isPerson || entry.kind === 'secret' || (entry.kind === 'personal' && entry.withheld !== undefined)) continue;
    const name = entry.kind === 'personal' && entry.format === 'blob' ? FILE : field;
    columns.set(name, { field, entry, type: columnType(dataset.model, field) });
  }
  return columns;
}
