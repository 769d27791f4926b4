import { Command } from 'commander';
import { actorOf } from '../../access/actor.ts';
import { readConfig } from '../../config.ts';
import { CarryallError } from '../../errors.ts';
import { readTokenKey } from '../../token-key.ts';
import { kindNamed, kindOption } from '../kind-option.ts';

interface TokenOptions {
  readonly tenant: string;
  readonly as: string;
  readonly id: string;
  readonly organisation?: string;
  readonly hours: string;
}

const LONGEST_HOURS = 168;

export const tokenCommand = new Command('token')
  .requiredOption('--tenant <id>', 'whose platform')
  .addOption(kindOption())
  .requiredOption('--id <id>', 'who: a subject, a member of staff, an app')
  .option('--organisation <id>', 'the customer for whom a member of controller staff acts; without it, the operator')
  .option('--hours <n>', 'how long it is good for', '8')
  .description('sign a token with the local key')
  .action(async (options: TokenOptions) => {
    const { signToken } = await import('../../http/token.ts');
    const config = readConfig();
    const hours = Number(options.hours);
    if (!(hours > 0 && hours <= LONGEST_HOURS))
      throw new CarryallError('BAD_INPUT', `--hours wants a number up to ${LONGEST_HOURS}.`);
    const key = await readTokenKey(config.dataFolder);
    const { tenant, as, id, organisation = null } = options;
    const actor = actorOf(tenant, { kind: kindNamed(as), actorId: id, organisationId: organisation });
    console.log(await signToken(key, actor, hours * 3600, config.clock.now()));
  });
