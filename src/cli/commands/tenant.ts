import { Command } from 'commander';
import { CarryallError } from '../../errors.ts';
import { withOperator, withTransaction } from '../../store/session.ts';
import { sql } from '../../store/sql.ts';
import { openAudit } from '../../open-audit.ts';
import { operator } from '../operator.ts';
import { printFault, withGateway } from '../run.ts';

interface AddOptions {
  readonly policy: string;
  readonly name?: string;
  readonly country?: string;
  readonly contact?: string;
}

const ID = /^[a-z][a-z0-9-]{1,62}$/;
/** Words that stand where a tenant stands in addresses, such as /intake/bundles. */
const TAKEN: ReadonlySet<string> = new Set(['bundles', 'requests']);

const add = new Command('add')
  .argument('<id>', 'lower-case letters, digits and hyphens')
  .requiredOption('--policy <code>', 'the policy it works under, e.g. CP')
  .option('--name <name>', 'the name people know it by')
  .option('--country <code>', 'ISO 3166-1, for national telephone numbers')
  .option('--contact <text>', 'where requests go, if the policy does not say')
  .description('add a tenant: one operator of a calling platform')
  .action((id: string, options: AddOptions) =>
    withGateway(async (gateway, config) => {
      const { database, policies } = gateway;
      if (!ID.test(id))
        throw new CarryallError(
          'BAD_INPUT',
          'A tenant id is 2 to 63 lower-case letters, digits and hyphens, beginning with a letter.',
        );
      if (TAKEN.has(id))
        throw new CarryallError('BAD_INPUT', `${id} is a word of Carryall's own addresses. Take another.`);
      const policy = policies.policyOf(options.policy);
      await using audit = await openAudit(config, gateway, printFault);
      await withTransaction(database.pool, id, async (writer) => {
        const made = await writer.execute(sql`INSERT INTO tenant (tenant_id, policy_code, name, country, contact)
          VALUES (${id}, ${policy.code}, ${options.name ?? policy.name}, ${options.country?.toUpperCase() ?? null}, ${options.contact ?? null}) ON CONFLICT DO NOTHING`);
        if (made === 0) throw new CarryallError('BAD_INPUT', `There is a tenant ${id} already.`);
        const detail = { step: 'TENANT_ADDED', tenant: id };
        const under = { code: policy.code, version: policy.version };
        await audit.append(writer, {
          actor: operator(id),
          action: 'CONFIGURATION',
          outcome: 'ALLOWED',
          policy: under,
          detail,
        });
      });
      console.log(`${id} works under ${policy.name} (${policy.code}).`);
    }),
  );

const list = new Command('list').description('list the tenants').action(() =>
  withGateway(async ({ database }) => {
    const rows = await withOperator(database.pool, (reader) =>
      reader.query<{ tenant_id: string; policy_code: string; name: string }>(
        sql`SELECT tenant_id, policy_code, name FROM tenant ORDER BY tenant_id`,
      ),
    );
    for (const row of rows) console.log(`${row.tenant_id}\t${row.policy_code}\t${row.name}`);
    if (rows.length === 0) console.log('No tenants yet. Add one with: carryall tenant add ID --policy CODE');
  }),
);

export const tenantCommand = new Command('tenant')
  .description('operators and their policies')
  .addCommand(add)
  .addCommand(list);
