import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseExactly } from '../../src/bundle/json-exact.ts';
import { undoFormulaGuard } from '../../src/bundle/csv.ts';
import { FORMATS, openExporter, SCOPES, TENANT_IDS, type Exporter } from './exporter.ts';
import { readRecords, type Cell } from './read-csv.ts';
import { seedEveryDataset, type Cell as SeedCell } from './seed.ts';
import type { Row, Unpacked } from './unpack.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  for (const tenantId of TENANT_IDS) {
    await seedEveryDataset(at.prisma, {
      tenantId,
      subjectId: 'ann',
      prefix: 'ann',
      phone: '+31612345678',
      blobs: at.sources.blobs,
      fill: hard,
    });
    await seedEveryDataset(at.prisma, {
      tenantId,
      subjectId: 'bob',
      prefix: 'bob',
      phone: '+31687654321',
      blobs: at.sources.blobs,
      fill: () => undefined,
    });
    await at.prisma.callRecord.updateMany({
      where: { tenantId, subjectId: 'bob' },
      data: { calledNumber: '+31612345678', counterpartNumber: null, status: null },
    });
    await at.prisma.technicalContact.updateMany({
      where: { tenantId, subjectId: 'bob' },
      data: { contactSubjectId: 'ann' },
    });
    // Rows in which nothing optional is filled in, and texts without a character.
    await at.prisma.callRecord.create({
      data: {
        tenantId,
        id: 'bare',
        subjectId: 'ann',
        sourceSystem: 'seed',
        startedAt: new Date('2026-11-01T00:00:00Z'),
      },
    });
    await at.prisma.supportTicket.create({
      data: {
        tenantId,
        id: 'empty',
        subjectId: 'ann',
        sourceSystem: 'seed',
        subject: '',
        status: 'OPEN',
        createdAt: new Date('2026-11-01T00:00:00Z'),
        lastInteractionAt: new Date('2026-11-01T00:00:00Z'),
      },
    });
  }
});

afterAll(() => at[Symbol.asyncDispose]());

/** Texts and trees that are hard on quotes, lines, numbers and spreadsheets. */
const TEXTS = [
  '=1+1',
  '-5',
  '@cmd',
  "'quoted",
  'a,b;c',
  'say "it"\r\nagain',
  'é 😀 \u2028 \ufeff',
  '\ttab',
  '+31 6',
  'null',
  ' 12 ',
  '\\"\\',
];
const TREES = [
  { 'a"b': ['x,y', null, 1.5, { deep: '\n' }] },
  [],
  [[1, 'two']],
  'text',
  12,
  true,
  { big: '9007199254740993' },
];
let next = 0;

function hard({ entry }: SeedCell): unknown {
  if (entry.kind !== 'personal') return undefined;
  if (entry.format === 'text' || entry.format === 'name') return TEXTS[(next += 1) % TEXTS.length];
  if (entry.format === 'json') return TREES[(next += 1) % TREES.length];
  return undefined;
}

function ajv(): Ajv2020 {
  const validator = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
  formats.default(validator);
  validator.addKeyword('x-carryall');
  return validator;
}

/** Each file of rows with the schema that is to describe it. */
function rowsWithSchemas({
  data,
  context,
  schemas,
}: Unpacked): readonly { readonly name: string; readonly rows: readonly Row[]; readonly schema: object | undefined }[] {
  const files = [
    ...[...data].map(([name, rows]) => [name, rows] as const),
    ...[...context].map(([name, rows]) => [`${name}-context`, rows] as const),
  ];
  return files.map(([name, rows]) => ({ name, rows, schema: schemas.get(name) }));
}

const everyBundle = TENANT_IDS.flatMap((tenantId) =>
  SCOPES.flatMap((scope) => FORMATS.map((format) => [tenantId, scope, format] as const)),
);
const everyArchive = TENANT_IDS.flatMap((tenantId) => SCOPES.map((scope) => [tenantId, scope] as const));

describe('the schemas inside a bundle', () => {
  test.each(everyBundle)('of %s %s %s describe each of its rows', async (tenantId, scope, format) => {
    const bundle = await at.export(tenantId, 'ann', scope, format);
    const files = rowsWithSchemas(bundle);
    expect(files.map(({ name }) => name).toSorted()).toEqual([...bundle.schemas.keys()].toSorted());
    const validator = ajv();
    for (const { name, rows, schema } of files) {
      const validate = validator.compile(schema ?? {});
      expect(rows.length, name).toBeGreaterThan(0);
      for (const row of rows) expect(validate(row) ? [] : [name, row, validate.errors]).toEqual([]);
    }
  });

  test.each(everyArchive)('of %s %s refuse rows that are none of theirs', async (tenantId, scope) => {
    const validator = ajv();
    for (const { name, rows, schema } of rowsWithSchemas(await at.export(tenantId, 'ann', scope))) {
      const validate = validator.compile(schema ?? {});
      const [row = {}] = rows;
      const { subjectId: _, ...less } = row;
      expect(validate({ ...row, more: 1 }), name).toBe(false);
      expect(validate(less), name).toBe(false);
      expect(validate({ ...row, id: 5 }), name).toBe(false);
    }
  });

  test.each(everyArchive)(
    'of %s %s name the item, the provenance and the article of every personal property',
    async (tenantId, scope) => {
      for (const [name, schema] of (await at.export(tenantId, 'ann', scope)).schemas) {
        const { properties } = schema as {
          properties: Record<
            string,
            { 'x-carryall'?: { items: unknown[]; article: string; undeclared?: true; provenance: unknown } }
          >;
        };
        const told = Object.values(properties).flatMap((each) => each['x-carryall'] ?? []);
        // What holds only a secret has no personal property: it is told that it is there.
        if (!['sessions', 'access-tokens', 'technical-keys', 'push-tokens'].includes(name))
          expect(told.length, name).toBeGreaterThan(0);
        for (const { items, article, undeclared, provenance } of told) {
          expect(items.length > 0 || undeclared === true, name).toBe(true);
          expect(['15', '15+20']).toContain(article);
          expect(provenance).toBeTruthy();
          // Nothing that Art. 15 alone gives stands in the data of a portability bundle.
          if (scope === 'PORTABILITY') expect(article, name).toBe(name.endsWith('-context') ? '15' : '15+20');
        }
      }
    },
  );
});

describe('the tables of an archive', () => {
  test.each(everyArchive)('of %s %s say the same as its JSON', async (tenantId, scope) => {
    const bundle = await at.export(tenantId, 'ann', scope);
    let compared = 0;
    for (const [path, content] of bundle.entries) {
      const [, place, name] = /^(data|context)\/(.+)\.csv$/.exec(path) ?? [];
      if (place === undefined || name === undefined) continue;
      const rows = exactRows(bundle, `${place}/${name}`);
      const schema = bundle.schemas.get(place === 'data' ? name : `${name}-context`) as {
        properties: Record<string, unknown>;
      };
      const [header = [], ...table] = readRecords(content);
      const names = header.map(({ text }) => text);
      expect(names).toEqual(Object.keys(schema.properties));
      const read = table.map((cells) =>
        Object.fromEntries(
          cells.map((cell, index) => [names[index], valueOf(cell, schema.properties[names[index] ?? ''])]),
        ),
      );
      expect(read, path).toEqual(rows);
      compared += rows.length;
    }
    expect(compared).toBeGreaterThan(10);
  });
});

/** The rows of a file with every number as it is written, so that none is rounded on the way to a comparison. */
function exactRows({ entries }: Unpacked, path: string): readonly unknown[] {
  const list = entries.get(`${path}.json`);
  const text =
    list === undefined
      ? (entries.get(`${path}.ndjson`)?.toString('utf8') ?? '')
      : list
          .toString('utf8')
          .replace(/^\[\n/, '')
          .replace(/\n\]\n$/, '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => written(parseExactly(line.replace(/,$/, ''))));
}

/** A value with its numbers as texts of digits. */
function written(value: unknown): unknown {
  if (typeof value === 'number') return { number: String(value) };
  const raw = JSON.stringify(value);
  if (typeof value === 'object' && value !== null && /^-?\d/.test(raw)) return { number: raw };
  if (Array.isArray(value)) return value.map(written);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, written(each)]));
}

/** A cell as its schema reads it. */
function valueOf({ text, quoted }: Cell, schema: unknown): unknown {
  if (text === '' && !quoted) return null;
  const kinds = JSON.stringify(schema);
  if (/"type":"(?:integer|number)"/.test(kinds)) return { number: text };
  if (/"type":"boolean"/.test(kinds)) return text === 'true';
  if (/"type":"array"/.test(kinds)) return JSON.parse(text);
  if (/"type":"string"|"enum"/.test(kinds)) return undoFormulaGuard(text);
  // Any JSON: a tree or a number reads as JSON, everything else is a text.
  return /^[[{]/.test(text)
    ? written(parseExactly(text))
    : /^(?:true|false)$/.test(text)
      ? text === 'true'
      : /^-?\d+(?:\.\d+)?$/.test(text)
        ? { number: text }
        : undoFormulaGuard(text);
}
