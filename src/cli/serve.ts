import type { Config } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import { authenticator } from '../http/authenticate.ts';
import { createGateway } from '../http/gateway.ts';
import { openIdentity } from '../http/identity/identity.ts';
import { readIdentitySettings } from '../http/identity/read-settings.ts';
import { DEFAULT_SETTINGS, type IdentitySettings } from '../http/identity/settings.ts';
import { readManifest } from '../http/persisted.ts';
import { signInPath, type GraphiqlFor } from '../http/routes/graphiql.ts';
import { assertSafe } from '../http/safety.ts';
import { createLog } from '../log.ts';
import { createTenantClients } from '../store/tenant-clients.ts';
import { openAudit } from '../open-audit.ts';
import { readTokenKey } from '../token-key.ts';
import { listenForStop } from './stop-signal.ts';

/**
 * Serves until a signal asks to stop; `onReady` hears the address. `given` stands in for the file that the configuration
 * names. Throws UNSAFE_CONFIGURATION before it listens.
 */
export async function serve(
  gateway: Gateway,
  config: Config,
  graphiql: GraphiqlFor,
  onReady: (url: string) => void,
  given?: IdentitySettings,
): Promise<void> {
  const log = createLog();
  const settings = given ?? (await settingsOf(config));
  const key = await readTokenKey(config.dataFolder);
  assertSafe({
    ...config,
    graphiql,
    node: process.versions.node,
    developmentTokens: settings.localTokens,
    secrets: [{ setting: 'token.key', bytes: key.secret.byteLength }],
    corsOrigins: [],
  });
  // Makes the first key, and refuses broken ones before anybody is served.
  await gateway.signing.published();
  const clients = createTenantClients(gateway.database.pool);
  const signal = listenForStop();
  const { clock, publicOrigin, trustedProxies = 0, persisted } = config;
  const { pool } = gateway.database;
  await using identity = openIdentity({ pool, clock, settings, secret: key.secret, publicOrigin });
  await using audit = await openAudit(config, gateway, (error) => log.fault(error));
  const known =
    persisted === undefined
      ? {}
      : { persisted: { documents: await readManifest(persisted.manifest), only: persisted.only } };
  const door = createGateway({
    pool,
    clients,
    audit,
    authenticate: authenticator({ identity, clients, book: gateway.policies }),
    routes: identity.routes,
    clock,
    bundles: gateway,
    graphiql,
    ...(settings.issuers.some(({ signIn }) => signIn !== undefined) ? { signIn: signInPath } : {}),
    trustedProxies,
    ...known,
    onFault: (error) => log.fault(error),
  });
  {
    await using listening = await door.listen({ port: config.port, host: config.host });
    onReady(listening.url);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

async function settingsOf({ identityFile }: Config): Promise<IdentitySettings> {
  return identityFile === undefined ? DEFAULT_SETTINGS : readIdentitySettings(identityFile);
}
