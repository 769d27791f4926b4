import { afterAll, beforeAll, expect, test } from 'vitest';
import { unpack, type Row } from '../bundle/unpack.ts';
import { seedEveryDataset, type Cell } from '../bundle/seed.ts';
import { TENANT_IDS, TENANTS } from '../bundle/exporter.ts';
import { openReceiver, type Receiver } from './receiver.ts';

let at: Receiver;

beforeAll(async () => {
  at = await openReceiver();
});

afterAll(() => at[Symbol.asyncDispose]());

test.each(TENANT_IDS)(
  'whoever has rows of every dataset and every kind at %s takes along what is portable, and the same comes out again',
  async (tenantId) => {
    const seed = {
      tenantId,
      subjectId: `sub_${tenantId}`,
      prefix: `${tenantId}x`,
      phone: '+31612345678',
      blobs: at.sources.blobs,
    };
    // The first identifier is an e-mail address.
    const fill = ({ field, row }: Cell): unknown =>
      field === 'value' && row.endsWith('_subjectidentifier_0') ? `${tenantId}@example.org` : undefined;
    await seedEveryDataset(at.prisma, { ...seed, fill });
    const sent = await at.bundle(tenantId, seed.subjectId, 'PORTABILITY', 'ZIP');
    const receiving = `${tenantId}-new`;
    await at.addTenant(receiving, TENANTS[tenantId]);
    await at.receive(receiving, sent);
    const before = await unpack(sent, 'ZIP');
    const after = await unpack(await at.bundle(receiving, seed.subjectId, 'PORTABILITY', 'ZIP'), 'ZIP');
    expect(before.data.size).toBeGreaterThan(8);
    expect(rowsOf(after.data)).toEqual(rowsOf(before.data));
    expect(rowsOf(after.context)).toEqual(rowsOf(before.context));
  },
);

/** Rows by id: what is withheld may decide their order, and when they are to be deleted. */
function rowsOf(data: ReadonlyMap<string, readonly Row[]>): object {
  return Object.fromEntries(
    [...data].map(([name, rows]) => [
      name,
      Object.fromEntries(
        // Since when an address is held is each holder's own.
        rows.map(({ retentionExpiresAt, heldSince: _heldSince, ...row }) => [
          row['id'],
          { ...row, expires: Boolean(retentionExpiresAt) },
        ]),
      ),
    ]),
  );
}
