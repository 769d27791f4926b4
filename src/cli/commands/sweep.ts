import { Command } from 'commander';
import { sweepTenant } from '../../holdings/sweep.ts';
import { withGateway } from '../run.ts';

export const sweepCommand = new Command('sweep')
  .requiredOption('--tenant <id>', 'whose platform')
  .description('delete what has expired; nothing else ever does')
  .action((options: { readonly tenant: string }) =>
    withGateway(async ({ database, policies, clock }) => {
      const { deleted } = await sweepTenant({ pool: database.pool, policies, clock }, options.tenant);
      const entries = Object.entries(deleted);
      for (const [name, count] of entries) console.log(`${name}: ${count} rows deleted`);
      if (entries.length === 0) console.log('Nothing has expired.');
    }),
  );
