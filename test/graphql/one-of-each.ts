import { columnType, datasets, type AnyDataset } from '../../src/catalogue/look-up.ts';
import * as enums from '../../src/generated/prisma/enums.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { TenantId } from './open-gateway.ts';

/** One row in every dataset for the subject `ann`, with `canary` in every secret. */
export async function addOneOfEach(prisma: PrismaClient, tenantId: TenantId, canary: string): Promise<void> {
  const delegates = prisma as unknown as Record<string, { create(query: { data: object }): Promise<unknown> }>;
  for (const dataset of datasets) {
    // What belongs to no tenant is not one of each tenant's.
    if (dataset.model === 'Tenant' || !('tenantId' in dataset.fields)) continue;
    // The log is written by itself alone.
    if (dataset.model === 'AuditEvent' || dataset.model === 'AuditPseudonym') continue;
    const name = `${dataset.model.charAt(0).toLowerCase()}${dataset.model.slice(1)}`;
    const columns = Object.keys(dataset.fields).map((column): [string, unknown] => [
      column,
      valueFor(dataset, column, tenantId, canary),
    ]);
    await delegates[name]?.create({ data: Object.fromEntries(columns.filter(([, value]) => value !== undefined)) });
  }
}

/** What the database's checks let stand in a column. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string | number | Date>>>> = {
  DataSubjectRequest: { status: 'DELIVERED', closedAt: new Date('2026-11-01T00:00:00Z') },
  PortabilityBundle: { status: 'EXPIRED' },
  IdentityChallenge: { tries: 1 },
  Transmission: { status: 'RECEIVED' },
  Reception: { status: 'TAKEN' },
  ProcessorRequest: { status: 'RECEIVED' },
};

function valueFor({ model, fields, parents }: AnyDataset, column: string, tenantId: TenantId, canary: string): unknown {
  const { type, kind, required, list } = columnType(model, column);
  if (column === 'tenantId') return tenantId;
  if (column === 'id') return model === 'Subject' ? 'ann' : 'row';
  if (column === 'subjectId') return 'ann';
  if (column === 'organisationId') return 'row';
  if (fields[column]?.kind === 'secret') return type === 'Bytes' ? Buffer.from(canary) : canary;
  const word = WORDS[model]?.[column];
  if (word !== undefined) return word;
  if (column === 'deletionRequestedAt' || column === 'closedAt') return undefined;
  // A grant on which nobody has decided.
  if (model === 'AccessGrant' && ['decision', 'decidedBy', 'decidedAt', 'expiresAt'].includes(column)) return undefined;
  if (column === 'validTo') return new Date('2026-11-02T00:00:00Z');
  if (fields[column]?.kind === 'link')
    return required && parents?.[column] !== undefined ? 'row' : required ? 'row' : undefined;
  if (list) return ['one'];
  if (kind === 'enum') return Object.values((enums as Record<string, Record<string, string>>)[type] ?? {})[0];
  switch (type) {
    case 'String':
      if (/hash$/i.test(column)) return '0'.repeat(64);
      return /period|retention/i.test(column) ? 'P90D' : `${column} text`;
    case 'DateTime':
      return new Date('2026-11-01T00:00:00Z');
    case 'Int':
    case 'Float':
      return 7;
    case 'BigInt':
      return 2n ** 60n;
    case 'Boolean':
      return true;
    case 'Json':
      return { key: 'value' };
    default:
      throw new TypeError(type);
  }
}
