import { Readable } from 'node:stream';
import { columnType, datasets, type AnyDataset, type AnyField } from '../../src/catalogue/look-up.ts';
import * as enums from '../../src/generated/prisma/enums.ts';
import { variantsOf, type Words } from '../../src/holdings/variants.ts';
import type { BlobStore } from '../../src/store/blobs.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { TenantId } from './exporter.ts';

/** A column of a row that is being made. */
export interface Cell {
  readonly dataset: AnyDataset;
  readonly field: string;
  readonly entry: AnyField;
  /** The row's id. */
  readonly row: string;
}

export interface Seed {
  readonly tenantId: TenantId;
  readonly subjectId: string;
  /** In front of every id, so that two people have rows of their own. */
  readonly prefix: string;
  readonly phone: string;
  readonly blobs: BlobStore;
  /** What stands in text, JSON and secret columns; undefined leaves the rest to the seed. */
  readonly fill: (cell: Cell) => unknown;
}

const RECENT = new Date('2026-11-20T12:00:00.123Z');
// Clocks that would end the person's contract.
const NOT_BEGUN = new Set(['deletionRequestedAt', 'closedAt', 'terminatedAt']);

/** What the database's checks let stand in a column. */
const CHECKED: Readonly<Record<string, unknown>> = {
  'DataSubjectRequest.status': 'AWAITING_IDENTITY',
  'DataSubjectRequest.extendedAt': null,
  'DataSubjectRequest.extensionReason': null,
  'PortabilityBundle.status': 'READY',
  'IdentityChallenge.tries': 1,
  'Transmission.status': 'RECEIVED',
  'Reception.status': 'TAKEN',
  'Reception.heldBytes': 0n,
};

/** Rows in every dataset for one person: one for each combination of words on which a declaration depends, live at the tests' instant. */
export async function seedEveryDataset(prisma: PrismaClient, seed: Seed): Promise<void> {
  const delegates = prisma as unknown as Record<string, { create(query: { data: object }): Promise<unknown> }>;
  const made = new Set<string>();
  for (const dataset of datasets) {
    // What is no person's has rows of its own makers.
    if (dataset.model === 'Tenant' || isNobodys(dataset)) continue;
    const delegate = delegates[`${dataset.model.charAt(0).toLowerCase()}${dataset.model.slice(1)}`];
    for (const [index, words] of variantsOf(dataset).entries()) {
      const row = dataset.model === 'Subject' ? seed.subjectId : idOf(seed, dataset.model, index);
      const data: Record<string, unknown> = {};
      for (const [field, entry] of Object.entries(dataset.fields)) {
        const value = words.get(field) ?? (await valueOf(seed, { dataset, field, entry, row }, words, made));
        if (value !== undefined) data[field] = value;
      }
      if (delegate === undefined) throw new TypeError(dataset.model);
      await delegate.create({ data });
    }
    made.add(dataset.model);
  }
}

function isNobodys({ model, subjects }: AnyDataset): boolean {
  return model !== 'Subject' && Object.keys(subjects).length === 0;
}

function idOf({ prefix }: Seed, model: string, index: number): string {
  return `${prefix}_${model.toLowerCase()}_${index}`;
}

async function valueOf(seed: Seed, cell: Cell, words: Words, made: ReadonlySet<string>): Promise<unknown> {
  const { dataset, field, entry, row } = cell;
  const { required, kind, type, list } = columnType(dataset.model, field);
  const checked = CHECKED[`${dataset.model}.${field}`];
  if (checked !== undefined) return checked;
  if (field === 'tenantId') return seed.tenantId;
  if (field === 'id') return row;
  if (field === 'subjectId') return seed.subjectId;
  if (field === 'sourceSystem') return 'seed';
  if (NOT_BEGUN.has(field) && dataset.name !== 'support-tickets') return undefined;
  if (field === 'organisationId') return idOf(seed, 'Organisation', 0);
  if (field === 'bundleId') return idOf(seed, 'PortabilityBundle', 0);
  if (entry.kind === 'link') {
    const parent = dataset.parents?.[field];
    return parent !== undefined && made.has(parent) ? idOf(seed, parent, 0) : required ? 'none' : undefined;
  }
  const filled = seed.fill(cell);
  if (filled !== undefined) return filled;
  if (entry.kind === 'personal' && ['blob', 'digest'].includes(entry.format)) {
    const stored = await seed.blobs.put(seed.tenantId, Readable.from([Buffer.from(`content of ${row}`)]));
    return entry.format === 'blob' ? stored.key : stored.sha256;
  }
  if (kind === 'enum') return Object.values((enums as Record<string, Record<string, string>>)[type] ?? {})[0];
  if (list) return ['calls:read'];
  switch (type) {
    case 'String':
      return textOf(seed, entry, words);
    case 'DateTime':
      return field === 'expiresAt' ? new Date('2026-12-01T00:00:00Z') : RECENT;
    case 'Int':
    case 'Float':
      return 7;
    case 'BigInt':
      // More than a double can hold, and another for each person.
      return 2n ** 53n + BigInt(Buffer.from(seed.prefix).readUIntBE(0, 3) * 2 + 1);
    case 'Boolean':
      return false;
    case 'Json':
      return { key: 'value' };
    case 'Bytes':
      return Buffer.from(seed.prefix);
    default:
      throw new TypeError(type);
  }
}

function textOf({ phone, prefix }: Seed, entry: AnyField, words: Words): string {
  const format = entry.kind === 'personal' || entry.kind === 'system' ? entry.format : 'text';
  switch (format) {
    case 'phone':
      return phone;
    case 'email':
      return `${prefix}@example.org`;
    case 'ip':
      return '192.0.2.1';
    case 'url':
      return 'https://example.org/page';
    case 'period':
      return 'P90D';
    case 'currency':
      return 'EUR';
    case 'language':
      return 'nl';
    case 'digest':
      return '0'.repeat(64);
    default:
      return words.get('kind') === 'PHONE'
        ? phone
        : `${prefix}-${[...words.values()].join('-').toLowerCase()}-${format}`;
  }
}
