import { Command, Option } from 'commander';
import type { Actor } from '../../access/actor.ts';
import { readConfig } from '../../config.ts';
import { CarryallError } from '../../errors.ts';
import { readTokenKey } from '../../token-key.ts';

const KINDS = [
  'subject',
  'controller-staff',
  'processor-staff',
  'support-agent',
  'internal-app',
  'auditor',
  'administrator',
] as const;
type Kind = (typeof KINDS)[number];

interface TokenOptions {
  readonly tenant: string;
  readonly as: Kind;
  readonly id: string;
  readonly organisation?: string;
  readonly hours: string;
}

const LONGEST_HOURS = 168;

export const tokenCommand = new Command('token')
  .requiredOption('--tenant <id>', 'whose platform')
  .addOption(new Option('--as <kind>', 'what kind of actor').choices([...KINDS]).makeOptionMandatory())
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
    console.log(await signToken(key, actorOf(options), hours * 3600, config.clock.now()));
  });

function actorOf({ as, tenant, id, organisation }: TokenOptions): Actor {
  switch (as) {
    case 'subject':
      return { kind: 'SUBJECT', tenant, subjectId: id };
    case 'controller-staff':
      return { kind: 'CONTROLLER_STAFF', tenant, staffId: id, organisationId: organisation ?? null };
    case 'processor-staff':
      return { kind: 'PROCESSOR_STAFF', tenant, staffId: id };
    case 'support-agent':
      return { kind: 'SUPPORT_AGENT', tenant, staffId: id };
    case 'internal-app':
      return { kind: 'INTERNAL_APP', tenant, appId: id };
    case 'auditor':
      return { kind: 'AUDITOR', tenant, staffId: id };
    case 'administrator':
      return { kind: 'ADMINISTRATOR', tenant, staffId: id };
    default:
      return as satisfies never;
  }
}
