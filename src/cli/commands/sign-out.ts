import { Command, Option } from 'commander';
import { CarryallError } from '../../errors.ts';
import { ACTOR_KINDS } from '../../http/identity/roles.ts';
import { readTenant } from '../../holdings/tenants.ts';
import { withSnapshot } from '../../store/session.ts';
import { withGateway } from '../run.ts';

interface SignOutOptions {
  readonly tenant: string;
  readonly as: string;
  readonly id: string;
}

const KINDS = new Map(ACTOR_KINDS.map((kind) => [kind.toLowerCase().replaceAll('_', '-'), kind]));

export const signOutCommand = new Command('sign-out')
  .requiredOption('--tenant <id>', 'whose platform')
  .addOption(new Option('--as <kind>', 'what kind of actor').choices([...KINDS.keys()]).makeOptionMandatory())
  .requiredOption('--id <id>', 'who, as the audit log names them')
  .description('end all sessions and tokens that somebody has, at once; they may sign in again')
  .action(({ tenant, as, id }: SignOutOptions) =>
    withGateway(async ({ database, clock }) => {
      const { endPrincipal } = await import('../../http/identity/principals.ts');
      const kind = KINDS.get(as);
      if (kind === undefined)
        throw new CarryallError('BAD_INPUT', `--as wants one of ${[...KINDS.keys()].join(', ')}.`);
      await withSnapshot(database.pool, tenant, (reader) => readTenant(reader, tenant));
      await endPrincipal(database.pool, { tenant, kind, actorId: id }, clock.now());
      console.log('Signed out everywhere. What was signed until now is refused.');
    }),
  );
