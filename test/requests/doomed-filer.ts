// A process that files a request, and dies on the way where its argument says.
import { openAuditKeys } from '../../src/audit/keys.ts';
import { append } from '../../src/audit/append.ts';
import { fixedClock } from '../../src/clock.ts';
import { loadPolicies } from '../../src/policy/book.ts';
import { createRequestDesk, NO_QUEUE } from '../../src/requests/desk.ts';
import { fileRequest } from '../../src/requests/file.ts';
import type { Filing } from '../../src/requests/filing.ts';
import { withTransaction } from '../../src/store/session.ts';
import type { Point } from '../jobs/doom.ts';
import { openDyingPool } from '../jobs/dying.ts';

/** What the process files, and where it dies. */
export interface DoomedFiler {
  readonly url: string;
  readonly folder: string;
  readonly now: string;
  readonly filing: Filing & { readonly subjectId: string };
  readonly point: Point;
}

const { url, folder, now, filing, point } = JSON.parse(process.argv[2] ?? '') as DoomedFiler;
const pool = openDyingPool(url, point);
const keys = await openAuditKeys(folder);
const desk = createRequestDesk({
  pool,
  clock: fixedClock(now),
  policies: loadPolicies(),
  audit: { append: (writer, ...entries) => append(writer, keys, entries) },
  queue: NO_QUEUE,
  secret: Buffer.alloc(32, 7),
});
await withTransaction(pool, filing.tenantId, async (writer) => {
  const { entries } = await fileRequest(desk, writer, filing);
  await desk.audit.append(writer, ...entries);
});
await pool.end();
