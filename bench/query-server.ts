import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import { readConfig } from '../src/config.ts';
import { openGateway } from '../src/gateway.ts';
import { authenticator } from '../src/http/authenticate.ts';
import { createGateway } from '../src/http/gateway.ts';
import { openIdentity } from '../src/http/identity/identity.ts';
import { DEFAULT_SETTINGS } from '../src/http/identity/settings.ts';
import { RATE_LIMITS } from '../src/http/rate-limit.ts';
import { openAudit } from '../src/open-audit.ts';
import { createRequestDesk, NO_QUEUE } from '../src/requests/desk.ts';
import { createTenantClients } from '../src/store/tenant-clients.ts';
import { queryPolicies } from './query-policy.ts';

/*
 * Carryall as `carryall serve` builds it, in a process of its own: on the database and with the key that the bench gives it.
 * Only the budget of one caller is larger, which otherwise ends after 1,200 requests a minute; it is counted as ever.
 */
const { BENCH_DATABASE: databaseUrl, BENCH_KEY: key = '' } = process.env;
const secret = Buffer.from(key, 'hex');
const given = readConfig();
const config = { ...given, databaseUrl, dataFolder: join(given.dataFolder, 'bench') };
await using gateway = await openGateway(config);
const { pool } = gateway.database;
const clients = createTenantClients(pool);
await using audit = await openAudit(config, gateway, console.error);
await using identity = openIdentity({ pool, audit, clock: systemClock, settings: DEFAULT_SETTINGS, secret });
await using listening = await createGateway({
  pool,
  clients,
  audit,
  requests: createRequestDesk({ pool, clock: systemClock, policies: queryPolicies(), audit, queue: NO_QUEUE, secret }),
  authenticate: authenticator({ identity, pool, book: queryPolicies() }),
  clock: systemClock,
  bundles: gateway,
  rateLimits: { points: { ...RATE_LIMITS.points, CONTROLLER_STAFF: 1_000_000_000 } },
  onFault: console.error,
}).listen({ port: 0 });
console.log(`${listening.url}/graphql`);
await new Promise((resolve) => process.once('SIGTERM', resolve));
