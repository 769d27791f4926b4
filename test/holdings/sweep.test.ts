import { expect, test } from 'vitest';
import { fixedClock } from '../../src/clock.ts';
import { sweepTenant, type SweepReport } from '../../src/holdings/sweep.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { readAsking } from '../../src/requests/asking.ts';
import { createPrisma } from '../../src/store/prisma.ts';
import { openTestDatabase } from '../support/database.ts';

const NOW = '2026-11-22T00:00:00Z';
const at = (text: string): Date => new Date(`${text}T00:00:00Z`);

async function openTenant(policyCode: string) {
  const database = await openTestDatabase();
  const prisma = createPrisma(database.pool);
  await prisma.tenant.create({ data: { tenantId: 't', policyCode, name: 'T' } });
  for (const id of ['ann', 'bob']) await prisma.subject.create({ data: { tenantId: 't', id } });
  const sweep = (): Promise<SweepReport> =>
    sweepTenant(
      { pool: database.pool, policies: loadPolicies(), clock: fixedClock(NOW), readAsking, record: async () => {} },
      't',
    );
  return {
    prisma,
    sweep,
    row: { tenantId: 't', subjectId: 'ann', sourceSystem: 'test' },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

test('only what has expired goes, and a second sweep finds nothing', async () => {
  await using tenant = await openTenant('CP');
  const { prisma, row, sweep } = tenant;
  await prisma.callRecord.createMany({
    data: [
      { ...row, id: 'old', startedAt: at('2024-11-21') },
      { ...row, id: 'edge', startedAt: at('2024-11-22') },
      { ...row, id: 'new', startedAt: at('2024-11-23') },
    ],
  });
  expect(await sweep()).toEqual({ deleted: { 'call-records': 2 } });
  expect((await prisma.callRecord.findMany()).map(({ id }) => id)).toEqual(['new']);
  expect(await sweep()).toEqual({ deleted: {} });
});

test('a deletion request ends the account after twelve months, of that person alone', async () => {
  await using tenant = await openTenant('CP');
  const { prisma, row, sweep } = tenant;
  await prisma.account.create({
    data: { ...row, id: 'a', createdAt: at('2020-01-01'), deletionRequestedAt: at('2025-11-21') },
  });
  await prisma.account.create({
    data: { ...row, subjectId: 'bob', id: 'b', createdAt: at('2020-01-01'), deletionRequestedAt: at('2025-11-23') },
  });
  await prisma.organisation.create({ data: { tenantId: 't', id: 'both', sourceSystem: 'test', name: 'Both' } });
  await prisma.organisation.create({ data: { tenantId: 't', id: 'ann-only', sourceSystem: 'test', name: 'Ann' } });
  for (const [id, subjectId, organisationId] of [
    ['1', 'ann', 'both'],
    ['2', 'bob', 'both'],
    ['3', 'ann', 'ann-only'],
  ] as const) {
    await prisma.membership.create({ data: { ...row, subjectId, id, organisationId, role: 'USER' } });
  }
  expect(await sweep()).toEqual({ deleted: { account: 1, memberships: 2, organisations: 1 } });
  expect((await prisma.account.findMany()).map(({ id }) => id)).toEqual(['b']);
  expect((await prisma.organisation.findMany()).map(({ id }) => id)).toEqual(['both']);
  expect((await prisma.subject.findMany()).length).toBe(2);
});

test('with a row go those that cannot be without it, and those that can forget it', async () => {
  await using tenant = await openTenant('CR');
  const { prisma, row, sweep } = tenant;
  await prisma.callRecord.create({ data: { ...row, id: 'call', startedAt: at('2023-11-01') } });
  const file = { fileName: 'a.wav', contentType: 'audio/wav', bytes: 1n, sha256: '00' };
  await prisma.recording.create({
    data: { ...row, ...file, id: 'rec', callId: 'call', recordedAt: at('2023-11-01'), recordedParties: 'BOTH' },
  });
  await prisma.transcript.create({
    data: { ...row, id: 'text', callId: 'call', recordingId: 'rec', text: 'hello', createdAt: at('2023-11-01') },
  });
  expect(await sweep()).toEqual({ deleted: { 'call-records': 1, recordings: 1, transcripts: 1 } });
});

test('what a law holds stays, and so does what it hangs off', async () => {
  await using tenant = await openTenant('CP');
  const { prisma, row, sweep } = tenant;
  const invoice = {
    ...row,
    issuedAt: at('2015-01-01'),
    amountMinor: 100n,
    currency: 'EUR',
    paymentStatus: 'PAID' as const,
  };
  for (const id of ['held', 'free', 'over']) {
    await prisma.invoice.create({ data: { ...invoice, id } });
    await prisma.invoiceLine.create({
      data: { ...row, id: `line-${id}`, invoiceId: id, amountMinor: 100n, currency: 'EUR' },
    });
  }
  await prisma.legalHold.create({
    data: { ...row, id: 'h1', dataset: 'invoice-lines', rowId: 'line-held', reason: 'a dispute' },
  });
  await prisma.legalHold.create({
    data: { ...row, id: 'h2', dataset: 'invoices', rowId: 'over', reason: 'a dispute', until: at('2026-11-01') },
  });
  expect(await sweep()).toEqual({ deleted: { invoices: 2, 'invoice-lines': 2 } });
  expect((await prisma.invoice.findMany()).map(({ id }) => id)).toEqual(['held']);
  expect((await prisma.invoiceLine.findMany()).map(({ id }) => id)).toEqual(['line-held']);
});

test('an open ticket never expires and a closed one takes its messages with it', async () => {
  await using tenant = await openTenant('CN');
  const { prisma, row, sweep } = tenant;
  const ticket = {
    ...row,
    createdAt: at('2021-01-01'),
    lastInteractionAt: at('2021-01-02'),
    status: 'CLOSED' as const,
  };
  await prisma.supportTicket.create({ data: { ...ticket, id: 'open', status: 'OPEN' } });
  await prisma.supportTicket.create({ data: { ...ticket, id: 'closed', closedAt: at('2024-11-20') } });
  for (const ticketId of ['open', 'closed']) {
    await prisma.message.create({
      data: {
        ...row,
        id: `m-${ticketId}`,
        ticketId,
        channel: 'EMAIL',
        authorKind: 'SUBJECT',
        body: 'x',
        sentAt: at('2021-01-01'),
      },
    });
  }
  expect(await sweep()).toEqual({ deleted: { 'support-tickets': 1, messages: 1 } });
});

test.each([
  ['waits for a copy', 'ACCESS', 'APPROVED', 0],
  ['waits for a copy that has failed', 'PORTABILITY', 'FAILED', 0],
  ['has got a copy', 'ACCESS', 'READY', 1],
  ['only says who they are', 'ACCESS', 'AWAITING_IDENTITY', 1],
  ['asks for something else', 'OBJECTION', 'NEEDS_REVIEW', 1],
])('of somebody who %s, by %s that is %s, %i expired calls go', async (_who, right, status, gone) => {
  await using tenant = await openTenant('CR');
  const { prisma, row, sweep } = tenant;
  const file = {
    fileName: 'a.wav',
    contentType: 'audio/wav',
    bytes: 1n,
    sha256: '00',
    recordedParties: 'BOTH' as const,
  };
  for (const subjectId of ['ann', 'bob']) {
    await prisma.callRecord.create({ data: { ...row, subjectId, id: subjectId, startedAt: at('2023-11-01') } });
    const ofCall = { ...row, subjectId, id: `of-${subjectId}`, callId: subjectId };
    await prisma.recording.create({ data: { ...ofCall, ...file, recordedAt: at('2023-11-01') } });
  }
  await prisma.dataSubjectRequest.create({
    data: {
      tenantId: 't',
      id: 'r',
      subjectId: 'ann',
      right,
      status,
      relation: 'ACCOUNT_HOLDER',
      channel: 'PORTAL',
      receivedAt: at('2026-11-20'),
      dueAt: at('2026-12-20'),
    },
  });
  // Bob has asked for nothing.
  expect(await sweep()).toEqual({ deleted: { 'call-records': gone + 1, recordings: gone + 1 } });
  expect(await prisma.callRecord.count({ where: { subjectId: 'ann' } })).toBe(1 - gone);
});
