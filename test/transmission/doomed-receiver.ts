// A gateway that takes bundles in, and dies on the way where its argument says. It writes the port on which it listens.
import { openIdentity } from '../../src/http/identity/identity.ts';
import { DEFAULT_SETTINGS } from '../../src/http/identity/settings.ts';
import { authenticator } from '../../src/http/authenticate.ts';
import { createGateway } from '../../src/http/gateway.ts';
import { fixedClock } from '../../src/clock.ts';
import type { Partners } from '../../src/delivery/transmission/partners.ts';
import { createRequestDesk, NO_QUEUE } from '../../src/requests/desk.ts';
import { createTenantClients } from '../../src/store/tenant-clients.ts';
import type { Point } from '../jobs/doom.ts';
import { dieAtFileCalls, openDyingPool } from '../jobs/dying.ts';
import { openController } from './controller.ts';

/** From whom the process takes what, and where it dies. */
export interface DoomedReceiver {
  readonly url: string;
  readonly folder: string;
  readonly now: string;
  readonly partners: Partners;
  readonly publicOrigin: string;
  readonly point: Point;
}

const { point, ...given } = JSON.parse(process.argv[2] ?? '') as DoomedReceiver;
const { url, folder, now, partners, publicOrigin } = given;
const pool = openDyingPool(url, point);
const clock = fixedClock(now);
const onFault = (error: unknown): void => console.error(error);
const { audit, sources, transmissions } = await openController({
  pool,
  folder,
  clock,
  partners,
  publicOrigin,
  onFault,
});
const { policies } = sources;
const secret = Buffer.alloc(32, 9);
const identity = openIdentity({ pool, audit, clock, settings: DEFAULT_SETTINGS, secret });
const gateway = createGateway({
  pool,
  clients: createTenantClients(pool),
  audit,
  requests: createRequestDesk({ pool, clock, policies, audit, queue: NO_QUEUE, secret }),
  authenticate: authenticator({ identity, pool, book: policies }),
  clock,
  bundles: sources,
  transmissions,
  onFault,
});
await dieAtFileCalls(point);
const listening = await gateway.listen({ port: 0 });
console.log(new URL(listening.url).port);
