// A process that ends, recalls or reports a bundle, and dies on the way where its argument says.
import { expireBundles, removeObjects } from '../../src/delivery/expire.ts';
import { reportDamage } from '../../src/delivery/incidents.ts';
import { recall } from '../../src/delivery/recall.ts';
import { withTransaction } from '../../src/store/session.ts';
import { openBuildProcess } from '../jobs/build-desk.ts';
import { deliveryDesk } from '../jobs/counter.ts';
import type { Point } from '../jobs/doom.ts';
import { dieAtFileCalls, openDyingPool } from '../jobs/dying.ts';

/** What the process does. */
export interface DoomedDelivery {
  readonly url: string;
  readonly folder: string;
  readonly point: Point;
  readonly act: 'EXPIRE' | 'RECALL' | 'REPORT';
  readonly bundleId: string;
  readonly subjectId: string;
  readonly requestId: string;
}

const { url, folder, point, act, ...bundle } = JSON.parse(process.argv[2] ?? '') as DoomedDelivery;
const pool = openDyingPool(url, point);
await dieAtFileCalls(point);
{
  await using own = await openBuildProcess({ url, folder, pool });
  const desk = deliveryDesk(own, folder);
  switch (act) {
    case 'EXPIRE':
      await expireBundles(desk, 'cr');
      break;
    case 'RECALL':
      await withTransaction(desk.pool, 'cr', async (writer) => {
        const { also } = await recall(desk, writer, { kind: 'GATEWAY', tenant: 'cr' }, bundle.bundleId);
        await desk.audit.append(writer, ...also);
      });
      await removeObjects(desk, 'cr', bundle.bundleId);
      break;
    case 'REPORT':
      await reportDamage(desk, 'MISMATCH', { ...bundle, tenantId: 'cr' }, null);
      break;
    default:
      act satisfies never;
  }
}
await pool.end();
