import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SectionCounts } from '../../src/bundle/count.ts';
import { buildInformation } from '../../src/bundle/information.ts';
import { Ledger } from '../../src/bundle/ledger.ts';
import { buildManifest } from '../../src/bundle/manifest.ts';
import { placeOf, planBundle, withoutEmptyUndeclared, type Section } from '../../src/bundle/plan.ts';
import { selectionOf, type Selection } from '../../src/bundle/select.ts';
import { openSpool } from '../../src/bundle/spool.ts';
import { textOfPieces } from '../../src/bundle/constant.ts';
import { buildViewer } from '../../src/bundle/viewer/page.ts';
import { ViewerRows } from '../../src/bundle/viewer/rows.ts';
import { monthsKey, viewerId, viewerSection, type ViewerSection } from '../../src/bundle/viewer/section.ts';
import type { Scope } from '../../src/catalogue/vocabulary.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { SAMPLE_ROWS, type SampleRow, type SampleRows } from './sample-rows.ts';

const NOW = new Date('2026-11-22T06:01:02.157Z');
const policies = loadPolicies();

/** A bundle as far as the page needs one; the default is an ACCESS bundle of CallNex in English. */
export interface SampleOptions {
  readonly folder: string;
  readonly policy?: string;
  readonly scope?: Scope;
  readonly language?: string | null;
  readonly rows?: SampleRows;
  /** Made up one after the other, for more rows than a test should hold. */
  readonly many?: { readonly dataset: string; readonly rows: number; readonly row: (index: number) => SampleRow };
  readonly operator?: string;
}

/** Lays a bundle's page and its script files into a folder, from a real plan and real manifest; returns the page's path. */
export async function layOut(options: SampleOptions): Promise<string> {
  const {
    folder,
    policy: code = 'CN',
    scope = 'ACCESS',
    language = 'en',
    rows = SAMPLE_ROWS,
    operator = 'CallNex',
  } = options;
  const policy = policies.policyOf(code);
  const facts = { triggers: {}, contractAlive: true, deletionPending: false, language: null };
  const plan = planBundle(policy, scope, { facts, instruction: null });
  const select = {
    plan,
    subject: { tenantId: 'callnex', subjectId: 'sub_1' },
    facts,
    now: NOW,
    format: 'ZIP' as const,
  };
  const counts: SectionCounts[] = [];
  const sections: ViewerSection[] = [];
  for (const planned of plan.sections) {
    const section = withoutEmptyUndeclared(planned, []);
    const { name } = section;
    const selection = selectionOf(select, section, 'data');
    const many = options.many?.dataset === name ? options.many : null;
    const list = rows[name] ?? [];
    const expected = selection === null ? 0 : (many?.rows ?? list.length);
    counts.push(countsOf(section, expected, list));
    if (selection === null || expected === 0) continue;
    const source = many === null ? list : Readable.from(generated(many));
    sections.push(await writeRows(folder, selection, expected, source));
  }
  const ledger = new Ledger(counts);
  for (const { section, expected } of counts) ledger.rows(section, 'data', expected.data, name(section));
  const heading = {
    tenant: { id: 'callnex', name: operator },
    subjectId: 'sub_1',
    format: 'ZIP' as const,
    snapshot: { id: '1', at: NOW.toISOString() },
  };
  const information = scope === 'ACCESS' ? buildInformation({ name: operator, contact: null }, plan, ledger) : null;
  const manifest = buildManifest(heading, plan, ledger);
  const page = textOfPieces(buildViewer({ language, policy, manifest, information, sections }));
  const path = join(folder, 'index.html');
  writeFileSync(path, page);
  return path;
}

function name(section: Section): { CARD_NUMBER?: number } {
  return section.name === 'messages' ? { CARD_NUMBER: 2 } : {};
}

/** What a count in the database would give for these rows; every secret is held once. */
function countsOf(section: Section, rows: number, list: readonly SampleRow[]): SectionCounts {
  const told = section.columns.flatMap(({ cases }) =>
    cases.flatMap(({ item, fate }) => (item !== null && placeOf(fate) !== null ? [item.id] : [])),
  );
  return {
    section,
    expected: { data: rows, context: 0 },
    expired: 0,
    overdue: list.filter((row) => row['retentionStatus'] === 'OVERDUE').length,
    undeclared: [],
    told: {
      items: rows === 0 ? [] : [...new Set(told)],
      systems: rows === 0 ? [] : ['ndjson', 'twilio'],
      secretsUntil: null,
    },
    omissions: section.secrets.map(({ field, item }) => ({
      item: item?.id ?? null,
      field,
      reason: 'SECRET',
      detail: 'held, never handed out',
      count: 1,
    })),
  };
}

async function writeRows(
  folder: string,
  selection: Selection,
  expected: number,
  source: Iterable<SampleRow> | AsyncIterable<SampleRow>,
): Promise<ViewerSection> {
  const { section, place } = selection;
  const names = selection.properties.map((property) => property.name);
  const key = monthsKey(section, place);
  await using rows = new ViewerRows({
    rows: expected,
    openSpool: () => openSpool(folder),
    ...(key === undefined ? {} : { months: key }),
  });
  await pipeline(Readable.from(lines(source, names)), rows);
  const id = viewerId(section.name, place);
  for await (const file of rows.files(id)) {
    mkdirSync(dirname(join(folder, file.path)), { recursive: true });
    await pipeline(file.content, createWriteStream(join(folder, file.path)));
  }
  return viewerSection(selection, rows);
}

/** Chunks of whole lines with the keys in their order, as RowGate emits them. */
async function* lines(
  source: Iterable<SampleRow> | AsyncIterable<SampleRow>,
  names: readonly string[],
): AsyncGenerator<Buffer> {
  let text = '';
  for await (const row of source) {
    text += `${JSON.stringify(Object.fromEntries(names.map((key) => [key, key === 'subjectId' ? 'sub_1' : (row[key] ?? null)])))}\n`;
    if (text.length > 65_536) {
      yield Buffer.from(text);
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text);
}

function* generated({
  rows,
  row,
}: {
  readonly rows: number;
  readonly row: (index: number) => SampleRow;
}): Generator<SampleRow> {
  for (let index = 0; index < rows; index += 1) yield row(index);
}
