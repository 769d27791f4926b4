import Table from 'cli-table3';
import { join, relative } from 'node:path';
import type { Actor } from '../../access/actor.ts';
import { ownKeys, readConfig } from '../../config.ts';
import { openGateway } from '../../gateway.ts';
import { signToken } from '../../http/token.ts';
import { readTokenKey } from '../../token-key.ts';
import { printStoreLog } from '../run.ts';
import { serve } from '../serve.ts';
import { listenForStop } from '../stop-signal.ts';
import { buildDemoBundles, type DemoBundle } from './bundles.ts';
import { openDemoProvider } from './provider/open-demo-provider.ts';
import { personasOf } from './provider/personas.ts';
import { importSamples, type DemoTenant } from './samples.ts';

const TOKEN_SECONDS = 8 * 3600;

/** Runs the demo: imports, builds, checks, prints, and serves until it is stopped. Sets the exit code 1 when a check failed. */
export async function runDemo(serving: boolean): Promise<void> {
  const environment = readConfig();
  // The demo never writes to a database of the operator's, and never signs with their keys.
  const dataFolder = join(environment.dataFolder, 'demo');
  // Everybody signs in for the first time, and nobody waits three days to see a demonstration.
  const config = { ...environment, coolingOff: null, databaseUrl: undefined, dataFolder, signing: ownKeys(dataFolder) };
  const signal = listenForStop();
  await using gateway = await openGateway(config, 'MIGRATE', printStoreLog);
  const tenants = await importSamples(gateway, signal);
  const records = tenants.reduce((sum, tenant) => sum + tenant.records, 0);
  console.log(`Imported ${records} records of ${tenants.length} tenants.`);
  const bundles = await buildDemoBundles(gateway, tenants, join(config.dataFolder, 'bundles'), signal);
  printBundles(bundles);
  const faulty = bundles.filter(({ faults }) => faults.length > 0);
  if (faulty.length > 0) process.exitCode = 1;
  if (!serving || signal.aborted) return;
  const key = await readTokenKey(config.dataFolder);
  const actors = actorsOf(tenants);
  const tokens = await Promise.all(
    actors.map(async (actor) => ({ actor, token: await signToken(key, actor, TOKEN_SECONDS, config.clock.now()) })),
  );
  // Who is who is told by a provider of the demo's own, which needs to know where people come back to.
  const gatewayUrl = `http://127.0.0.1:${config.port}`;
  const [first] = tenants;
  await using provider =
    first === undefined || config.port === 0
      ? null
      : await openDemoProvider({
          port: config.port + 1,
          personas: personasOf(first.id, first.email),
          gatewayUrl,
        });
  const known = provider === null ? config : { ...config, publicOrigin: gatewayUrl };
  const onReady = (url: string): void => {
    console.log(
      `\nGraphQL at ${url}/graphql, GraphiQL at ${url}/graphiql. Tokens for ${tenants[0]?.name ?? ''}, good for eight hours:\n`,
    );
    for (const { actor, token } of tokens) console.log(`${actor.kind.toLowerCase().replaceAll('_', ' ')}\n  ${token}`);
    console.log(
      `\nEvery request sends x-carryall-csrf, with any value; staff and apps also x-carryall-purpose, e.g. CP-P1. Ctrl-C stops everything.`,
    );
    if (provider !== null)
      console.log(
        `\nThe portal is at ${url}/portal: sign in as the customer of ${first?.name} to see and take along what is held about them, or as Petra Privacy to work on requests. GraphiQL takes the other four.`,
      );
  };
  await serve(gateway, known, 'EVERYBODY', onReady, provider?.settings);
}

function printBundles(bundles: readonly DemoBundle[]): void {
  const table = new Table({
    head: ['tenant', 'policy', 'scope', 'rows', 'omissions', 'bytes', 'checked', 'file'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'left', 'left'],
  });
  for (const { tenant, scope, rows, omissions, bytes, faults, path } of bundles) {
    table.push([
      tenant.id,
      tenant.policyCode,
      scope,
      rows,
      omissions,
      bytes,
      faults.length === 0 ? 'ok' : 'FAILED',
      relative('.', path),
    ]);
  }
  console.log(table.toString());
  for (const { path, faults } of bundles)
    for (const fault of faults) console.error(`${path}: ${fault.path}: ${fault.reason}`);
}

/** One actor of every kind, at the first tenant. */
function actorsOf([first]: readonly DemoTenant[]): Actor[] {
  if (first === undefined) return [];
  const tenant = first.id;
  return [
    { kind: 'SUBJECT', tenant, subjectId: first.subjectId },
    { kind: 'CONTROLLER_STAFF', tenant, staffId: 'privacy-officer', organisationId: null },
    { kind: 'PROCESSOR_STAFF', tenant, staffId: 'processor' },
    { kind: 'SUPPORT_AGENT', tenant, staffId: 'agent' },
    { kind: 'INTERNAL_APP', tenant, appId: 'billing-app' },
    { kind: 'AUDITOR', tenant, staffId: 'auditor' },
    { kind: 'ADMINISTRATOR', tenant, staffId: 'administrator' },
  ];
}
