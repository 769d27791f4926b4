import type { Config } from '../config.ts';
import { maskIp } from '../access/masks.ts';
import { openStorage } from '../bundle/storage/open.ts';
import { openDelivery } from '../delivery/delivery.ts';
import { DELIVERY_LIMITS } from '../delivery/limits.ts';
import { openTransmissions } from '../delivery/transmission/open.ts';
import { openLinkKeys } from '../delivery/link-keys.ts';
import type { Gateway } from '../gateway.ts';
import { authenticator } from '../http/authenticate.ts';
import { createGateway } from '../http/gateway.ts';
import { openIdentity } from '../http/identity/identity.ts';
import { openIntake } from '../http/intake/open.ts';
import { readIdentitySettings } from '../http/identity/read-settings.ts';
import { DEFAULT_SETTINGS, secondsOf, type IdentitySettings } from '../http/identity/settings.ts';
import { readManifest } from '../http/persisted.ts';
import { PORTAL_DOCUMENTS, portalRoutes } from '../http/routes/portal.ts';
import { signInPath, type GraphiqlFor } from '../http/routes/graphiql.ts';
import { readyRoute } from '../http/routes/ready.ts';
import { assertSafe } from '../http/safety.ts';
import { createLog } from '../log.ts';
import { count } from '../metrics.ts';
import { openBoss, SUPERVISE_SECONDS } from '../jobs/boss.ts';
import { createBuildQueue } from '../jobs/queue.ts';
import { openOutgoingDoor } from '../notices/outgoing.ts';
import { createRequestDesk } from '../requests/desk.ts';
import { openSecretBox } from '../store/secret-box.ts';
import { createTenantClients } from '../store/tenant-clients.ts';
import { INSTALLATION } from '../audit/words.ts';
import { openAudit } from '../open-audit.ts';
import { noteConfiguration } from '../record-configuration.ts';
import { readTokenKey } from '../token-key.ts';
import { openOperations } from './operations.ts';
import { operator } from './operator.ts';
import { openReadiness } from './readiness.ts';
import { listenForStop } from './stop-signal.ts';
import { openWork } from './work.ts';

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
  const log = createLog(config.log);
  const settings = given ?? (await settingsOf(config));
  const key = await readTokenKey(config.dataFolder);
  assertSafe({
    ...config,
    graphiql,
    node: process.versions.node,
    developmentTokens: settings.localTokens,
    metrics: config.metrics,
    outgoing: config.notices.outgoing,
    secrets: [{ setting: 'token.key', bytes: key.secret.byteLength }],
    corsOrigins: [],
  });
  // Makes the first key, and refuses broken ones before anybody is served.
  await gateway.signing.published();
  await using _operations = await openOperations(config, gateway);
  const clients = createTenantClients(gateway.database.pool);
  const signal = listenForStop();
  const { clock, publicOrigin, trustedProxies = 0, persisted } = config;
  const { pool } = gateway.database;
  await using audit = await openAudit(config, gateway, (error) => log.fault(error));
  await noteConfiguration(config, gateway, operator(INSTALLATION));
  const onRefusal = (reason: string): void => count('carryall_sign_in_refusals_total', { reason });
  await using identity = openIdentity({ pool, audit, clock, settings, secret: key.secret, publicOrigin, onRefusal });
  await using storage = await openStorage(config.storage);
  const isReady = openReadiness({ gateway, storage, stopping: signal, onFault: (error) => log.fault(error) });
  const { manifest, only } = persisted;
  const documents = new Map([
    ...(await readManifest(PORTAL_DOCUMENTS)),
    ...(manifest === undefined ? [] : await readManifest(manifest)),
  ]);
  const providers = settings.issuers.filter(({ signIn }) => signIn !== undefined).map(({ name }) => name);
  const signsIn = providers.length > 0;
  const { workers } = config;
  await using boss = await openBoss(pool, {
    ...(workers === 0 ? {} : { superviseSeconds: SUPERVISE_SECONDS }),
    onFault: (error) => log.fault(error),
  });
  const requests = createRequestDesk({
    pool,
    clock,
    policies: gateway.policies,
    audit,
    queue: createBuildQueue(boss.boss),
    secret: key.secret,
    limits: { coolingOff: config.coolingOff, copiesPerSubject: config.copiesPerSubject },
  });
  await using delivery = openDelivery({
    ...requests,
    storage,
    linkKeys: openLinkKeys(config.dataFolder),
    limits: { ...DELIVERY_LIMITS, freshSeconds: secondsOf(settings.session.fresh) ?? 0 },
    publicOrigin,
    onFault: (error) => log.fault(error),
  });
  const { mail, smsUrl, outgoing } = config.notices;
  await using transmissions = await openTransmissions({
    ...requests,
    storage,
    secret: key.secret,
    dataFolder: config.dataFolder,
    audit,
    sources: { ...gateway, pool },
    partners: config.recipientsFile,
    outgoing,
    publicOrigin,
    onFault: (error) => log.fault(error),
  });
  await using outgoingDoor = openOutgoingDoor(outgoing);
  // Without anything that sends codes nobody could come in this way.
  const asksByCode = publicOrigin !== undefined && (mail !== undefined || smsUrl !== undefined);
  const intake = asksByCode
    ? {
        intake: openIntake({
          pool,
          audit,
          requests,
          secret: key.secret,
          publicOrigin,
          takesNumbers: smsUrl !== undefined,
        }),
      }
    : {};
  const door = createGateway({
    pool,
    clients,
    audit,
    requests,
    delivery,
    transmissions,
    endpoints: { clock, box: openSecretBox(key.secret, 'notice'), door: outgoingDoor },
    ...intake,
    authenticate: authenticator({ identity, pool, book: gateway.policies }),
    routes: [
      ...identity.routes,
      ...(signsIn || asksByCode ? portalRoutes({ providers, byCode: asksByCode }) : []),
      readyRoute(isReady),
    ],
    clock,
    bundles: gateway,
    graphiql,
    ...(signsIn ? { signIn: signInPath } : {}),
    trustedProxies,
    persisted: { documents, only },
    onFault: (error) => log.fault(error),
    onAnswer: ({ address, ...answer }) => log.request({ ...answer, network: maskIp(address) }),
  });
  {
    const { secret } = key;
    const onFault = (error: unknown): void => log.fault(error);
    const working = { gateway, config, boss, requests, audit, storage, secret, concurrency: workers, onFault };
    await using _work = workers === 0 ? undefined : await openWork(working);
    await using listening = await door.listen({ port: config.port, host: config.host });
    onReady(listening.url);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
}

async function settingsOf({ identityFile }: Config): Promise<IdentitySettings> {
  return identityFile === undefined ? DEFAULT_SETTINGS : readIdentitySettings(identityFile);
}
