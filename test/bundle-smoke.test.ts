import { createWriteStream } from 'node:fs';
import { test } from 'vitest';
import { openTestDatabase } from './support/database.ts';
import { createPrisma } from '../src/store/prisma.ts';
import { buildBundle } from '../src/bundle/build.ts';
import { loadPolicies } from '../src/policy/book.ts';
import { fixedClock } from '../src/clock.ts';
import { openBlobFolder } from '../src/store/blobs.ts';

test('smoke', async () => {
  await using db = await openTestDatabase();
  const prisma = createPrisma(db.pool);
  await prisma.tenant.create({ data: { tenantId: 'cp', policyCode: 'CP', name: 'CP Ltd' } });
  await prisma.subject.create({ data: { tenantId: 'cp', id: 'sub_1' } });
  const base = { tenantId: 'cp', subjectId: 'sub_1', sourceSystem: 'test' };
  await prisma.account.create({ data: { ...base, id: 'acc_1', fullName: 'Ann', email: 'ann@example.com', passwordHash: '$2b$12$abcdefghijklmnopqrstuv', createdAt: new Date('2024-01-01') } });
  await prisma.organisation.create({ data: { tenantId: 'cp', id: 'org_1', sourceSystem: 'test', name: 'Example' } });
  await prisma.membership.create({ data: { ...base, id: 'mem_1', organisationId: 'org_1', role: 'MANAGER' } });
  await prisma.callRecord.createMany({ data: [['a', '2024-11-21T10:00Z'], ['b', '2024-11-23T10:00Z']].map(([id, at]) => ({ ...base, id: `cal_${id}`, startedAt: new Date(at as string), calledNumber: '+31612345678', durationSeconds: 12, status: 'ANSWERED' as const })) });
  await prisma.licenseKey.create({ data: { ...base, id: 'lic_1', organisationId: 'org_1', key: 'AAAA-BBBB', type: 'pro', createdAt: new Date('2024-01-01') } });
  await prisma.supportTicket.create({ data: { ...base, id: 'tic_1', subject: 'card 4242 4242 4242 4242', status: 'OPEN', createdAt: new Date('2026-01-01'), lastInteractionAt: new Date('2026-01-01') } });
  await prisma.message.create({ data: { ...base, id: 'msg_1', ticketId: 'tic_1', channel: 'EMAIL', authorKind: 'SUBJECT', body: 'my iban is NL91 ABNA 0417 1643 00 please and "quotes"\nnew line', sentAt: new Date('2026-01-01') } });
  for (const format of ['ZIP', 'JSON'] as const) for (const scope of ['ACCESS', 'PORTABILITY'] as const) {
    const report = await buildBundle({ pool: db.pool, policies: loadPolicies(), clock: fixedClock('2026-11-22T00:00:00Z'), blobs: openBlobFolder('/tmp/blobs'), workFolder: '/tmp/work' }, { tenantId: 'cp', subjectId: 'sub_1', scope, format }, createWriteStream(`/tmp/smoke-${scope}.${format.toLowerCase()}`));
    console.log(report.rows, report.files, report.omissions);
  }
});
