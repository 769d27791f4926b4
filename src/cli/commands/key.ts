import { Command } from 'commander';
import { CarryallError } from '../../errors.ts';
import { readTenant } from '../../holdings/tenants.ts';
import { addPeriod, dateOf } from '../../policy/calendar.ts';
import { withSnapshot } from '../../store/session.ts';
import { openAudit } from '../../open-audit.ts';
import { operatorId } from '../operator.ts';
import { printFault, withGateway } from '../run.ts';

interface CreateOptions {
  readonly tenant: string;
  readonly app: string;
  readonly purpose: readonly string[];
  readonly expires: string;
}

const atConsole = () => ({ via: 'CONSOLE', operatorId: operatorId() }) as const;

const create = new Command('create')
  .requiredOption('--tenant <id>', 'whose platform')
  .requiredOption('--app <name>', 'under which name the app is known and audited')
  .requiredOption('--purpose <ids...>', 'the purposes for which it may look, e.g. CP-P1')
  .option('--expires <duration>', 'for how long it is good, e.g. P90D', 'P1Y')
  .description('make a key for an internal app; it is printed once and cannot be read again')
  .action(({ tenant, app, purpose, expires }: CreateOptions) =>
    withGateway(async (gateway, config) => {
      const { database, policies, clock } = gateway;
      await using audit = await openAudit(config, gateway, printFault);
      const { createApiKey } = await import('../../http/identity/api-keys.ts');
      const { policyCode } = await withSnapshot(database.pool, tenant, (reader) => readTenant(reader, tenant));
      const now = clock.now();
      const expiresAt = addPeriod(now, expires);
      const wish = { tenant, app, purposes: [...new Set(purpose)], expiresAt };
      const { text, id } = await createApiKey(
        { pool: database.pool, audit },
        policies.policyOf(policyCode),
        wish,
        atConsole(),
        now,
      );
      // The key alone goes to standard output, so that it can go from here into a store of secrets and past every screen.
      console.error(
        `${tenant}.${id} is good until ${dateOf(expiresAt)}, for ${wish.purposes.join(', ')}. This is the key:`,
      );
      console.log(text);
    }),
  );

const list = new Command('list')
  .requiredOption('--tenant <id>', 'whose platform')
  .description('list the keys of internal apps; of each its last four characters')
  .action(({ tenant }: { readonly tenant: string }) =>
    withGateway(async ({ database, clock }) => {
      const { listApiKeys } = await import('../../http/identity/api-keys.ts');
      const keys = await listApiKeys(database.pool, tenant);
      for (const { id, app, purposes, ending, expiresAt, revokedAt, lastUsedOn } of keys) {
        const end = dateOf(revokedAt ?? expiresAt);
        const state = revokedAt !== null ? 'revoked' : expiresAt <= clock.now() ? 'expired' : 'good until';
        const use = lastUsedOn === null ? 'never used' : `used ${lastUsedOn}`;
        console.log([`${tenant}.${id}`, app, purposes.join(','), `…${ending}`, `${state} ${end}`, use].join('\t'));
      }
      if (keys.length === 0) console.log('No keys yet. Make one with: carryall key create');
    }),
  );

const revoke = new Command('revoke')
  .argument('<id>', 'TENANT.KEY, as the list shows it')
  .description('revoke a key: the next request with it is refused')
  .action((text: string) =>
    withGateway(async (gateway, config) => {
      await using audit = await openAudit(config, gateway, printFault);
      const { revokeApiKey } = await import('../../http/identity/api-keys.ts');
      const [tenant = '', id = '', ...more] = text.split('.');
      if (tenant === '' || id === '' || more.length > 0)
        throw new CarryallError('BAD_INPUT', 'Which key? TENANT.KEY, as carryall key list shows it.');
      await revokeApiKey({ pool: gateway.database.pool, audit }, tenant, id, atConsole(), gateway.clock.now());
      console.log(`${text} is revoked.`);
    }),
  );

export const keyCommand = new Command('key')
  .description('the keys with which internal apps call')
  .addCommand(create)
  .addCommand(list)
  .addCommand(revoke);
