// Receives a file in a process of its own and prints how it ended and the most memory that it took, in MB.
import pg from 'pg';
import { fixedClock } from '../../src/clock.ts';
import { receiveBundle } from '../../src/bundle/receive/receive-bundle.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { openBlobFolder } from '../../src/store/blobs.ts';

const [file = '', connectionString = '', blobFolder = ''] = process.argv.slice(2);
// Not the system's own figure: that of a child begins with its parent's.
let most = 0;
const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
setInterval(look, 10).unref();
const pool = new pg.Pool({ connectionString });
const told = await receiveBundle({
  pool,
  policies: loadPolicies(),
  blobs: openBlobFolder(blobFolder),
  clock: fixedClock('2026-11-22T00:00:00Z'),
  file,
  tenant: 'new',
  trust: { kind: 'ANYBODY' },
}).then(
  (report) => JSON.stringify(report.byDataset),
  (error: unknown) => (error as Error).message,
);
await pool.end();
look();
console.log(JSON.stringify({ told, megabytes: Math.round(most / 1024 ** 2) }));
