import { expect, test } from 'vitest';
import { openExporter, TENANT_IDS, SCOPES, FORMATS } from './exporter.ts';
import { seedEveryDataset } from './seed.ts';
test('quick', async () => {
  await using at = await openExporter();
  for (const tenantId of TENANT_IDS) await seedEveryDataset(at.prisma, { tenantId, subjectId: 'ann', prefix: 'ann', phone: '+31612345678', blobs: at.sources.blobs, fill: () => undefined });
  for (const t of TENANT_IDS) for (const s of SCOPES) for (const f of FORMATS) {
    const b = await at.export(t, 'ann', s, f);
    console.log(t, s, f, b.bytes.length, [...b.data.keys()].length, [...b.context.keys()].join(), b.manifest.omissions.length);
    if (t==='cp' && s==='ACCESS' && f==='JSON') console.log(b.text.slice(0, 6000));
  }
  expect(1).toBe(1);
});
