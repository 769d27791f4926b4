import { expect, test } from 'vitest';
import { createPrisma } from '../../src/store/prisma.ts';
import { runCli } from '../cli/run-cli.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

test('the operator sees what controllers have handed in, and ends it', async () => {
  await using database = await openTestDatabase();
  using folder = openTemporaryFolder();
  const prisma = createPrisma(database.pool);
  const at = new Date('2026-11-20T10:00:00Z');
  await prisma.tenant.create({ data: { tenantId: 'cr', policyCode: 'CR', name: 'Operator', country: 'FR' } });
  await prisma.organisation.create({ data: { tenantId: 'cr', id: 'cust', sourceSystem: 'test', name: 'Customer' } });
  await prisma.processorRequest.create({
    data: {
      tenantId: 'cr',
      id: 'prq_1',
      sender: 'alpha',
      organisationId: 'cust',
      externalId: 'digest',
      question: 'digest',
      kind: 'ACCESS',
      status: 'INSTRUCTION_REQUIRED',
      createdAt: at,
      dueAt: new Date('2026-12-21T10:00:00Z'),
      toldStatus: 'INSTRUCTION_REQUIRED',
    },
  });
  const run = (...args: readonly string[]) =>
    runCli(['request', ...args, '--tenant', 'cr'], { DATABASE_URL: database.url, CARRYALL_DATA: folder.path });
  const listed = await run('controllers');
  expect(listed.out, listed.err).toBe('prq_1\talpha\tACCESS\tINSTRUCTION_REQUIRED\t2026-12-21\tnobody\n');
  const early = await run('close', 'prq_1', '--as', 'answered');
  expect(early.code).not.toBe(0);
  expect(early.err).toContain('No instruction');
  expect(await run('close', 'prq_1', '--as', 'refused')).toMatchObject({ code: 0, out: 'prq_1 is refused.\n' });
  expect((await run('controllers')).out).toBe('');
  expect(await prisma.auditEvent.count({ where: { action: 'REQUEST' } })).toBe(1);
  await prisma.$disconnect();
});
