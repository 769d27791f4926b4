import { tmpdir } from 'node:os';
import { systemClock } from '../src/clock.ts';
import { authenticator } from '../src/http/authenticate.ts';
import { createGateway } from '../src/http/gateway.ts';
import { openIdentity } from '../src/http/identity/identity.ts';
import { DEFAULT_SETTINGS } from '../src/http/identity/settings.ts';
import { RATE_LIMITS } from '../src/http/rate-limit.ts';
import { openBlobFolder } from '../src/store/blobs.ts';
import { openDatabase } from '../src/store/database.ts';
import { createTenantClients } from '../src/store/tenant-clients.ts';
import { queryPolicies } from './query-policy.ts';

/*
 * Carryall as `carryall serve` builds it, in a process of its own: on the database and with the key that the bench gives it.
 * Only the budget of one caller is larger, which otherwise ends after 1,200 requests a minute; it is counted as ever.
 */
const { BENCH_DATABASE: url, BENCH_KEY: key = '' } = process.env;
const secret = Buffer.from(key, 'hex');
await using database = await openDatabase({ url });
const { pool } = database;
const clients = createTenantClients(pool);
await using identity = openIdentity({ pool, clock: systemClock, settings: DEFAULT_SETTINGS, secret });
await using listening = await createGateway({
  pool,
  clients,
  authenticate: authenticator({ identity, clients, book: queryPolicies() }),
  clock: systemClock,
  bundles: { blobs: openBlobFolder(tmpdir()), workFolder: tmpdir() },
  rateLimits: { points: { ...RATE_LIMITS.points, CONTROLLER_STAFF: 1_000_000_000 } },
  onFault: console.error,
}).listen({ port: 0 });
console.log(`${listening.url}/graphql`);
await new Promise((resolve) => process.once('SIGTERM', resolve));
