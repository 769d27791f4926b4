import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasets, type AnyDataset } from '../../src/catalogue/look-up.ts';
import { RELATIONS, type Relation } from '../../src/catalogue/vocabulary.ts';
import { column, ownedBy, table } from '../../src/holdings/subject-path.ts';
import { withSnapshot } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';
import {
  FORMATS,
  openExporter,
  policies,
  SCOPES,
  TENANT_IDS,
  TENANTS,
  type Exporter,
  type TenantId,
} from './exporter.ts';
import { seedEveryDataset } from './seed.ts';
import type { Unpacked } from './unpack.ts';

let at: Exporter;

beforeAll(async () => {
  at = await openExporter();
  for (const tenantId of TENANT_IDS) {
    const of = { tenantId, blobs: at.sources.blobs, fill: () => undefined };
    await seedEveryDataset(at.prisma, { ...of, subjectId: 'ann', prefix: 'ann', phone: '+31612345678' });
    await seedEveryDataset(at.prisma, { ...of, subjectId: 'bob', prefix: 'bob', phone: '+31687654321' });
    // Ann is also the other end of one of Bob's calls, and his contact.
    await at.prisma.callRecord.updateMany({
      where: { tenantId, subjectId: 'bob' },
      data: { calledNumber: '+31612345678' },
    });
    await at.prisma.technicalContact.updateMany({
      where: { tenantId, subjectId: 'bob' },
      data: { contactSubjectId: 'ann' },
    });
    // Ann is under identity check, has had an expired call, and a message that staff keep among themselves.
    await at.prisma.callRecord.create({
      data: {
        tenantId,
        id: 'ann_old',
        subjectId: 'ann',
        sourceSystem: 'seed',
        startedAt: new Date('2019-01-01T00:00:00Z'),
        calledNumber: '+31201234567',
      },
    });
  }
});

afterAll(() => at[Symbol.asyncDispose]());

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const everyBundle = TENANT_IDS.flatMap((tenantId) =>
  SCOPES.flatMap((scope) => FORMATS.map((format) => [tenantId, scope, format] as const)),
);
const everyScope = TENANT_IDS.flatMap((tenantId) => SCOPES.map((scope) => [tenantId, scope] as const));

describe('a manifest', () => {
  test.each(everyScope)(
    'of %s %s lists every other file of its archive with its bytes, digest and rows',
    async (tenantId, scope) => {
      const { entries, manifest, data, context } = await at.export(tenantId, 'ann', scope);
      expect(manifest.files.map(({ path }) => path).toSorted()).toEqual(
        [...entries.keys()].filter((path) => path !== 'manifest.json').toSorted(),
      );
      for (const file of manifest.files) {
        const content = entries.get(file.path) ?? Buffer.alloc(0);
        expect(file, file.path).toMatchObject({ bytes: content.length, sha256: sha256(content) });
        const [, place, name, ending] = /^(data|context)\/(.+)\.(json|ndjson|csv)$/.exec(file.path) ?? [];
        if (file.path === 'access-log.ndjson') expect(file.rows).toBe(content.toString().split('\n').length - 1);
        else if (name === undefined) expect(file.rows).toBeUndefined();
        else if (ending !== 'csv') expect(file.rows).toBe((place === 'data' ? data : context).get(name)?.length);
      }
    },
  );

  test.each(everyScope)(
    'of %s %s lists the rows of its document with their digest as lines',
    async (tenantId, scope) => {
      const { text, manifest } = await at.export(tenantId, 'ann', scope, 'JSON');
      const listed = manifest.files.filter(({ rows }) => rows !== undefined);
      expect(listed.length).toBeGreaterThan(3);
      for (const { path, bytes, sha256: digest, rows } of listed) {
        const [place, name] = path.split('/');
        const group = text.slice(text.indexOf(`\n"${place}":{`));
        const body = group
          .slice(group.indexOf(`\n"${name}":[\n`))
          .split('\n')
          .slice(2, 2 + (rows ?? 0));
        const lines = Buffer.from(body.map((line) => `${line.replace(/,$/, '')}\n`).join(''));
        expect({ path, bytes: lines.length, sha256: sha256(lines) }).toEqual({ path, bytes, sha256: digest });
      }
    },
  );

  test.each(everyBundle)(
    'of %s %s %s counts as many rows as it expected and as there are',
    async (tenantId, scope, format) => {
      const bundle = await at.export(tenantId, 'ann', scope, format);
      expect(bundle.manifest.datasets.length).toBeGreaterThan(5);
      for (const { name, expected, exported } of bundle.manifest.datasets) {
        expect(exported, name).toEqual(expected);
        expect(bundle.data.get(name)?.length ?? 0, name).toBe(expected.data);
        expect(bundle.context.get(name)?.length ?? 0, name).toBe(expected.context);
      }
    },
  );

  test.each(everyBundle)(
    'of %s %s %s has every item of the policy, with its retention in words',
    async (tenantId, scope, format) => {
      const { manifest } = await at.export(tenantId, 'ann', scope, format);
      const { items } = policies.policyOf(TENANTS[tenantId]);
      expect(manifest.items.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
      for (const { retention } of manifest.items) expect(retention.text).not.toBe('');
    },
  );

  test.each(everyBundle)(
    'of %s %s %s has a reason for every omission and a count unless that is the controller’s to tell',
    async (tenantId, scope, format) => {
      const { manifest } = await at.export(tenantId, 'ann', scope, format);
      for (const omission of manifest.omissions) {
        expect(omission.reason).toMatch(/^[A-Z_]+$/);
        const routed = ['INSTRUCTION_REQUIRED', 'FORWARD', 'NEEDS_REVIEW'].includes(omission.reason);
        expect(omission.count === null, JSON.stringify(omission)).toBe(routed);
      }
    },
  );
});

describe('nothing is withheld in silence', () => {
  test.each(everyScope)(
    'every personal value held at %s is in the %s bundle or among its omissions',
    async (tenantId, scope) => {
      const bundle = await at.export(tenantId, 'ann', scope);
      const held = await heldColumns(tenantId);
      expect(held.length).toBeGreaterThan(100);
      expect(held.filter((each) => !isTold(bundle, each))).toEqual([]);
    },
  );

  test.each(everyScope)(
    'every value that the %s %s bundle leaves null stands in an omission, or is null in the store',
    async (tenantId, scope) => {
      const { data, context, manifest } = await at.export(tenantId, 'ann', scope);
      const omitted = new Set(
        manifest.omissions.flatMap(({ dataset, fields }) => fields.map((field) => `${dataset}.${field}`)),
      );
      for (const { name, field, dataset, relation } of await heldColumns(tenantId)) {
        const rows = [...(data.get(name) ?? []), ...(context.get(name) ?? [])];
        const values = rows.filter((row) => Object.hasOwn(row, propertyOf(dataset, field)));
        if (values.length === 0 || omitted.has(`${name}.${field}`)) continue;
        // A counterparty gets back only values that are its own; the schema says so of the column.
        if (relation === 'CALL_COUNTERPARTY') continue;
        expect(
          values.some((row) => row[propertyOf(dataset, field)] !== null),
          `${name}.${field}`,
        ).toBe(true);
      }
    },
  );

  test('an account that nobody filled leaves nothing to withhold', async () => {
    await at.prisma.subject.create({ data: { tenantId: 'cp', id: 'nobody' } });
    const { manifest, data } = await at.export('cp', 'nobody', 'ACCESS');
    expect([...data.keys()]).toEqual([]);
    expect(manifest).toMatchObject({ datasets: [], omissions: [], redactions: [] });
  });
});

interface Held {
  readonly name: string;
  readonly dataset: AnyDataset;
  readonly relation: Relation;
  readonly field: string;
}

/** The personal columns in which something is held of Ann, by the name of the file in which they would be. */
async function heldColumns(tenantId: TenantId): Promise<Held[]> {
  return withSnapshot(at.pool, tenantId, async (reader) => {
    const held: Held[] = [];
    for (const dataset of datasets) {
      for (const [index, relation] of RELATIONS.filter((each) => dataset.subjects[each] !== undefined).entries()) {
        const name = index === 0 ? dataset.name : `${dataset.name}-as-${relation.toLowerCase().replaceAll('_', '-')}`;
        const fields = Object.entries(dataset.fields).flatMap(([field, { kind }]) =>
          kind === 'personal' ? [field] : [],
        );
        const owned = ownedBy(dataset, relation, { tenantId, subjectId: 'ann' });
        if (owned === null || fields.length === 0) continue;
        const counts = sql.join(
          fields.map((field, at) => sql`count(${column('t', field)}) AS ${sql.identifier(`c${at}`)}`),
        );
        const [row] = await reader.query<Record<string, string>>(
          sql`SELECT ${counts} FROM ${table(dataset)} t WHERE ${owned}`,
        );
        for (const [at, field] of fields.entries())
          if (row?.[`c${at}`] !== '0') held.push({ name, dataset, relation, field });
      }
    }
    return held;
  });
}

function propertyOf(dataset: AnyDataset, field: string): string {
  const entry = dataset.fields[field];
  if (entry?.kind === 'personal' && entry.format === 'blob') return 'file';
  return field;
}

function isTold({ data, context, manifest }: Unpacked, { name, dataset, field }: Held): boolean {
  const property = propertyOf(dataset, field);
  const isIn = (rows: readonly Readonly<Record<string, unknown>>[] | undefined): boolean =>
    rows?.some((row) => Object.hasOwn(row, property)) ?? false;
  return (
    isIn(data.get(name)) ||
    isIn(context.get(name)) ||
    manifest.omissions.some((each) => each.dataset === name && each.fields.includes(field))
  );
}
