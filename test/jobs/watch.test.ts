import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createPrisma } from '../../src/store/prisma.ts';
import { openTestDatabase } from '../support/database.ts';
import { openTemporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

test('on a terminal, `carryall request watch` shows by a bar how many rows of how many are collected', async () => {
  await using database = await openTestDatabase();
  using folder = openTemporaryFolder();
  const prisma = createPrisma(database.pool);
  onTestFinished(() => prisma.$disconnect());
  const at = new Date();
  await prisma.tenant.create({ data: { tenantId: 'cr', policyCode: 'CR', name: 'Operator', country: 'FR' } });
  await prisma.subject.create({ data: { tenantId: 'cr', id: 'ann' } });
  const request = { tenantId: 'cr', id: 'req_1', subjectId: 'ann', right: 'ACCESS', relation: 'ACCOUNT_HOLDER' };
  await prisma.dataSubjectRequest.create({
    data: { ...request, channel: 'PORTAL', status: 'BUILDING', attempt: 1, receivedAt: at, dueAt: at },
  });
  const key = { tenantId_requestId_attempt: { tenantId: 'cr', requestId: 'req_1', attempt: 1 } };
  await prisma.buildAttempt.create({
    data: {
      ...key.tenantId_requestId_attempt,
      worker: 'w',
      stage: 'COLLECTING',
      rows: 500n,
      expectedRows: 2000n,
      startedAt: at,
      seenAt: at,
    },
  });
  // `script` gives it a terminal.
  const command = `'${process.execPath}' '${MAIN}' request watch req_1 --tenant cr`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...process.env, DATABASE_URL: database.url, CARRYALL_DATA: folder.path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  let shown = '';
  child.stdout.on('data', (bytes: Buffer) => (shown += bytes.toString()));
  const code = new Promise((resolve) => child.once('close', resolve));
  await expect.poll(() => shown, { timeout: 60_000 }).toContain('[######..................] 500 of 2,000 (25 %) rows');
  expect(shown).toContain('BUILDING, attempt 1, COLLECTING');
  await prisma.buildAttempt.update({ where: key, data: { rows: 1999n } });
  await expect
    .poll(() => shown, { timeout: 60_000 })
    .toContain('[#######################.] 1,999 of 2,000 (99 %) rows');
  await prisma.dataSubjectRequest.update({
    where: { tenantId_id: { tenantId: 'cr', id: 'req_1' } },
    data: { status: 'READY' },
  });
  expect(await code).toBe(0);
  expect(shown).toContain('READY, attempt 1');
});
