import { importSamples } from '../../src/cli/demo/samples.ts';
import { openDemoProvider } from '../../src/cli/demo/provider/open-demo-provider.ts';
import { personasOf } from '../../src/cli/demo/provider/personas.ts';
import { serve } from '../../src/cli/serve.ts';
import { listenForStop } from '../../src/cli/stop-signal.ts';
import { readConfig } from '../../src/config.ts';
import { DEFAULT_SETTINGS } from '../../src/http/identity/settings.ts';
import { openGateway } from '../../src/gateway.ts';
import { withTransaction } from '../../src/store/session.ts';
import { sql } from '../../src/store/sql.ts';

/** A gateway as `carryall serve` runs it, on the samples, where anybody signs in as a persona of any tenant; a process of its own. */
const config = { ...readConfig(), coolingOff: null };
const gatewayUrl = `http://127.0.0.1:${config.port}`;
await using gateway = await openGateway(config, 'ASSERT');
const tenants = await importSamples(gateway, listenForStop());
const personas = tenants.flatMap(({ id, email }) =>
  personasOf(id, email).map((persona) => ({ ...persona, id: `${id}-${persona.id}` })),
);
// People who are no customers: of a customer's call, and of a customer's team, of whom nothing is the operator's own.
await withTransaction(gateway.database.pool, 'contractor', async (writer) => {
  await writer.execute(sql`INSERT INTO subject (tenant_id, id) VALUES ('contractor', 'otto')`);
  await writer.execute(sql`INSERT INTO subject_identifier (tenant_id, id, subject_id, source_system, kind, value)
    VALUES ('contractor', 'otto-email', 'otto', 'test', 'EMAIL', 'otto@example.org'),
      ('contractor', 'otto-phone', 'otto', 'test', 'PHONE', '+447700900999')`);
  await writer.execute(
    sql`INSERT INTO organisation (tenant_id, id, source_system, name) VALUES ('contractor', 'bolt', 'test', 'Bolt')`,
  );
  await writer.execute(sql`INSERT INTO subject (tenant_id, id) VALUES ('contractor', 'tess')`);
  await writer.execute(sql`INSERT INTO subject_identifier (tenant_id, id, subject_id, source_system, kind, value)
    VALUES ('contractor', 'tess-email', 'tess', 'test', 'EMAIL', 'tess@example.org')`);
  await writer.execute(sql`INSERT INTO end_user (tenant_id, id, subject_id, source_system, organisation_id, data)
    VALUES ('contractor', 'tess-bolt', 'tess', 'test', 'bolt', '{}')`);
});
const others = [
  { id: 'dana', name: 'Dana', tenant: 'callrix', email: 'dana.client@example.org', about: 'a customer of a licensee' },
  { id: 'otto', name: 'Otto', tenant: 'contractor', email: 'otto@example.org', about: 'at the other end of calls' },
  { id: 'tess', name: 'Tess', tenant: 'contractor', email: 'tess@example.org', about: 'known to a customer only' },
].map((person) => ({ ...person, kind: 'SUBJECT' as const }));
const carla = {
  id: 'carla',
  name: 'Carla',
  kind: 'CONTROLLER_STAFF',
  tenant: 'contractor',
  organisation: 'bolt',
  about: 'speaks for a customer',
} as const;
await using provider = await openDemoProvider({ port: 0, personas: [...personas, ...others, carla], gatewayUrl });
const told = { url: gatewayUrl, subjects: Object.fromEntries(tenants.map(({ id, subjectId }) => [id, subjectId])) };
await serve(
  gateway,
  { ...config, publicOrigin: gatewayUrl },
  'STAFF',
  () => console.log(JSON.stringify(told)),
  process.env['STAGE_PROVIDER'] === 'none' ? DEFAULT_SETTINGS : provider.settings,
);
