// A process that sends what is due, and dies on the way where its argument says.
import { fixedClock } from '../../src/clock.ts';
import { workTransmissions } from '../../src/delivery/transmission/send.ts';
import type { Partners } from '../../src/delivery/transmission/partners.ts';
import type { Point } from '../jobs/doom.ts';
import { dieAtFileCalls, openDyingPool } from '../jobs/dying.ts';
import { openController } from './controller.ts';

/** What the process sends, and where it dies. */
export interface DoomedSender {
  readonly url: string;
  readonly folder: string;
  readonly now: string;
  readonly partners: Partners;
  readonly pieceBytes: number;
  readonly point: Point;
}

const { url, folder, now, partners, pieceBytes, point } = JSON.parse(process.argv[2] ?? '') as DoomedSender;
const pool = openDyingPool(url, point);
await dieAtFileCalls(point);
{
  const onFault = (error: unknown): void => console.error(error);
  await using own = await openController({ pool, folder, clock: fixedClock(now), partners, pieceBytes, onFault });
  await workTransmissions(own.transmissions.send, 'cp', new AbortController().signal);
}
await pool.end();
