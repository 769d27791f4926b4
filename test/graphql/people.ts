import type { Actor } from '../../src/access/actor.ts';
import type { PrismaClient } from '../../src/generated/prisma/client.ts';
import type { TenantId } from './open-gateway.ts';

export const subject = (tenant: TenantId, subjectId: string): Actor => ({ kind: 'SUBJECT', tenant, subjectId });
export const privacyStaff = (tenant: TenantId): Actor => ({
  kind: 'CONTROLLER_STAFF',
  tenant,
  staffId: 'staff-1',
  organisationId: null,
});
export const customerStaff = (tenant: TenantId, organisationId: string): Actor => ({
  kind: 'CONTROLLER_STAFF',
  tenant,
  staffId: 'staff-2',
  organisationId,
});
export const processorStaff = (tenant: TenantId): Actor => ({ kind: 'PROCESSOR_STAFF', tenant, staffId: 'staff-3' });
export const supportAgent = (tenant: TenantId): Actor => ({ kind: 'SUPPORT_AGENT', tenant, staffId: 'agent-1' });
export const internalApp = (tenant: TenantId): Actor => ({ kind: 'INTERNAL_APP', tenant, appId: 'app-1' });
export const auditor = (tenant: TenantId): Actor => ({ kind: 'AUDITOR', tenant, staffId: 'auditor-1' });
export const administrator = (tenant: TenantId): Actor => ({ kind: 'ADMINISTRATOR', tenant, staffId: 'admin-1' });

/** Keys that every row of a person has. */
export const owned = (tenantId: TenantId, subjectId: string, id: string) => ({
  tenantId,
  subjectId,
  id,
  sourceSystem: 'test',
});

/** A person with an account. */
export async function addPerson(
  prisma: PrismaClient,
  tenantId: TenantId,
  id: string,
  account: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await prisma.subject.create({ data: { tenantId, id, createdAt: new Date('2026-01-01T00:00:00Z') } });
  await prisma.account.create({
    data: {
      ...owned(tenantId, id, `acc_${id}`),
      fullName: `Ann ${id}`,
      email: `${id}@example.org`,
      createdAt: new Date('2026-01-01T00:00:00Z'),
      ...account,
    },
  });
  await prisma.subjectIdentifier.create({
    data: { ...owned(tenantId, id, `email_${id}`), kind: 'EMAIL', value: `${id}@example.org` },
  });
}

/** Calls of a person, one a minute up to `last`. */
export async function addCalls(
  prisma: PrismaClient,
  tenantId: TenantId,
  subjectId: string,
  count: number,
  last = '2026-11-20T10:00:00Z',
): Promise<void> {
  await prisma.callRecord.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      ...owned(tenantId, subjectId, `call_${subjectId}_${index}`),
      calledNumber: `+3120555${String(index).padStart(4, '0')}`,
      startedAt: new Date(Date.parse(last) - Math.floor(index / 2) * 60_000),
      durationSeconds: index,
      status: 'ANSWERED' as const,
      planTier: 'PRO' as const,
    })),
  });
}
