import { columnType } from '../../src/catalogue/look-up.ts';
import { openExporter, owned, TENANT_IDS, type Exporter, type TenantId } from '../bundle/exporter.ts';
import { seedEveryDataset } from '../bundle/seed.ts';

/** Marks every secret, so that a trace of one is found. */
export const MARK = 'S3cr3tM4rk';

/** A node of information.json, as far as tests look at it. */
export type Node = Readonly<Record<string, unknown>>;

/** What information.json says, as far as tests look at it. */
export interface Information {
  readonly confirmation: { readonly processed: boolean; readonly datasets: readonly string[]; readonly text: string };
  readonly policy: Node;
  readonly controller: Node;
  readonly contact: Node;
  readonly authority: Node;
  readonly purposes: readonly Node[];
  readonly categories: readonly {
    readonly category: string;
    readonly items: readonly { readonly id: string; readonly item: string; readonly datasets: readonly string[] }[];
    readonly purposes: readonly { readonly id: string; readonly quote: string }[];
    readonly bases: readonly Node[];
    readonly recipients: readonly Node[];
  }[];
  readonly undeclared: readonly Node[];
  readonly secrets: readonly Node[];
  readonly recipients: readonly Node[];
  readonly recipientsWithoutData: readonly Node[];
  readonly transfers: Node;
  readonly retention: readonly Node[];
  readonly retentionByDataset: readonly {
    readonly dataset: string;
    readonly overdue: number;
    readonly rules: readonly Node[];
  }[];
  readonly rights: readonly Node[];
  readonly source: readonly { readonly dataset: string; readonly systems: readonly string[] }[];
  readonly automatedDecisions: Node & { readonly inferences: readonly Node[] };
  readonly responseTime: Node;
  readonly fee: Node;
  readonly minAge?: Node;
  readonly precedence?: Node;
  readonly assumptions: readonly Node[];
}

/** The five operators, each with `ann`, of whom something is held in every dataset, and `nil`, of whom nothing is. */
export async function openPeople(): Promise<Exporter> {
  const at = await openExporter();
  for (const tenantId of TENANT_IDS) {
    await seedEveryDataset(at.prisma, {
      tenantId,
      subjectId: 'ann',
      prefix: 'ann',
      phone: '+31612345678',
      blobs: at.sources.blobs,
      fill: ({ dataset, field, entry, row }) => {
        if (entry.kind !== 'secret') return undefined;
        const secret = `${MARK}-${row}`;
        return columnType(dataset.model, field).type === 'Bytes' ? Buffer.from(secret) : secret;
      },
    });
    await at.prisma.callRecord.create({
      data: {
        ...owned(tenantId, 'ann', 'ann_old'),
        sourceSystem: 'old switch',
        startedAt: new Date('2019-01-01T00:00:00Z'),
        calledNumber: '+31201234567',
      },
    });
    await at.prisma.subject.create({ data: { tenantId, id: 'nil', createdAt: new Date('2026-01-01T00:00:00Z') } });
  }
  return at;
}

/** Exports an ACCESS bundle and reads its information. */
export async function informationOf(at: Exporter, tenantId: TenantId, subjectId = 'ann'): Promise<Information> {
  const { information } = await at.export(tenantId, subjectId, 'ACCESS', 'JSON');
  return information as unknown as Information;
}
