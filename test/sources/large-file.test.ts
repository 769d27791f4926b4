import { expect, test } from 'vitest';
import { openDesk } from './desk.ts';

const ROWS = 20_000;

test('a large file of calls is read as a stream', async () => {
  await using desk = await openDesk();
  const row = (index: number): string =>
    `u-${index},0201234567,+4420794${String(index % 10_000).padStart(5, '0')},2026-11-17 09:05:00,${index % 300},NORMAL_CLEARING,acc${index % 7},${'x'.repeat(1500)}\n`;
  const content = `uuid,caller_id_number,destination_number,start_stamp,billsec,hangup_cause,accountcode,filler\n${Array.from({ length: ROWS }, (_, index) => row(index)).join('')}`;
  const before = process.memoryUsage().heapUsed;
  let most = 0;
  const report = await desk.take('cdr', 'calls.csv', content, {
    onProgress: () => (most = Math.max(most, process.memoryUsage().heapUsed)),
  });
  expect(report).toMatchObject({
    rows: ROWS,
    subjectsCreated: 7,
    byDataset: { 'call-records': { inserted: ROWS, updated: 0, unchanged: 0 } },
  });
  // The file alone is 30 MB; held as rows it would be several times that.
  expect(most - before).toBeLessThan(150 * 1024 * 1024);
});
