import { Command } from 'commander';
import { readTenant } from '../../holdings/tenants.ts';
import { withSnapshot } from '../../store/session.ts';
import { kindNamed, kindOption } from '../kind-option.ts';
import { openAudit } from '../../open-audit.ts';
import { operator } from '../operator.ts';
import { printFault, withGateway } from '../run.ts';

interface SignOutOptions {
  readonly tenant: string;
  readonly as: string;
  readonly id: string;
}

export const signOutCommand = new Command('sign-out')
  .requiredOption('--tenant <id>', 'whose platform')
  .addOption(kindOption())
  .requiredOption('--id <id>', 'who, as the audit log names them')
  .description('end all sessions and tokens that somebody has, at once; they may sign in again')
  .action(({ tenant, as, id }: SignOutOptions) =>
    withGateway(async (gateway, config) => {
      const { database, clock } = gateway;
      await using audit = await openAudit(config, gateway, printFault);
      const { endPrincipal } = await import('../../http/identity/principals.ts');
      await withSnapshot(database.pool, tenant, (reader) => readTenant(reader, tenant));
      const whom = { tenant, kind: kindNamed(as), actorId: id };
      await endPrincipal({ pool: database.pool, audit }, whom, operator(tenant), clock.now());
      console.log('Signed out everywhere. What was signed until now is refused.');
    }),
  );
