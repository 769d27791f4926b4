// A worker in a process of its own, which dies where its argument says, or ends well at SIGTERM. It says "busy" when it has
// a build in hand.
import { setTimeout as pause } from 'node:timers/promises';
import { startWorker } from '../../src/jobs/worker.ts';
import type { BundleStorage } from '../../src/bundle/storage/storage.ts';
import { openBuildProcess } from './build-desk.ts';
import type { Doom } from './doom.ts';
import { die, dieAtFileCalls, openDyingPool } from './dying.ts';

const doom = JSON.parse(process.argv[2] ?? '') as Doom;
const { point } = doom;
function slow(storage: BundleStorage): BundleStorage {
  return {
    ...storage,
    write: (key, fill) =>
      storage.write(key, async (destination) => {
        console.log('busy');
        await pause(doom.slowMs);
        return fill(destination);
      }),
  };
}

const pool = openDyingPool(doom.url, point);
await dieAtFileCalls(point);
if (point.kind === 'DELAY') setTimeout(die, point.ms);
{
  await using own = await openBuildProcess({ ...doom, pool });
  const desk = doom.slowMs === undefined ? own.desk : { ...own.desk, storage: slow(own.desk.storage) };
  await using _ = startWorker(desk, own.boss, { pollMs: 50, ...doom });
  console.log('ready');
  await new Promise((resolve) => process.once('SIGTERM', resolve));
}
await pool.end();
